import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { say } from '../../../agent/contract/say.ts';
import { keepSealed, replaceDay } from '../../stores/duckdb/sealed/folders.ts';
import { writeSealed } from '../../stores/duckdb/sealed/write-sealed.ts';
import { standardError } from '../standard-error.ts';
import { UsageError } from '../usage-error.ts';
import { bytesInWords, countInWords } from './in-words.ts';
import { sealedSize } from './day-size.ts';
import { FOLDER_OPTIONS, openStoreFolder } from './store-folder.ts';
import type { StoreFolder } from './store-folder.ts';

/** Seals days of a collector that does not run, whatever their age. */
export async function seal(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: FOLDER_OPTIONS, allowPositionals: true });
  if (positionals.length === 0) throw new UsageError('name the days: vigie store seal 2026-11-20, or: vigie store seal all');
  const folder = await openStoreFolder(values);
  try {
    if (folder.heldBy !== undefined) {
      throw new Error(
        `process ${folder.heldBy} writes to ${folder.directory}; it seals a day by itself an hour after its end, or stop it first`,
      );
    }
    const days = positionals.includes('all') ? folder.live : positionals;
    const unknown = days.find((day) => !folder.live.includes(day));
    if (unknown !== undefined) throw new Error(`${join(folder.directory, `${unknown}.duckdb`)} is not there; vigie store lists the days`);
    for (const day of days) await sealOne(folder, day);
    return 0;
  } finally {
    folder.close();
  }
}

async function sealOne(folder: StoreFolder, day: string): Promise<void> {
  const { directory, instance } = folder;
  const catalog = await folder.attach(day);
  standardError(`sealing ${day}\n`);
  const { samples } = await writeSealed({ directory, day, instance, catalog }, { signal: new AbortController().signal, rest: 0 });
  keepSealed(directory, day);
  replaceDay(directory, day);
  await folder.detach(day);
  for (const ending of ['duckdb', 'duckdb.wal']) {
    const path = join(directory, `${day}.${ending}`);
    if (existsSync(path)) rmSync(path);
  }
  const { bytes } = await sealedSize(instance, directory, day);
  say(
    `${day}: ${countInWords(samples)} samples${bytes === undefined ? '' : ` in ${bytesInWords(bytes)}, ${(bytes / samples).toFixed(3)} bytes each`}\n`,
  );
}
