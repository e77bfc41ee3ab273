import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../../../agent/contract/errors.ts';
import { say } from '../../../agent/contract/say.ts';
import { checkSealedDay } from '../../stores/duckdb/sealed/check-day.ts';
import type { CheckedDay, FileFault } from '../../stores/duckdb/sealed/check-day.ts';
import { SEALED_FILES, setAside } from '../../stores/duckdb/sealed/folders.ts';
import { countInWords } from './in-words.ts';
import { FOLDER_OPTIONS, openStoreFolder } from './store-folder.ts';
import type { StoreFolder } from './store-folder.ts';

/** Reads the whole store, and sets aside what is damaged; exit status 1 where there is something. */
export async function checkStore(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { ...FOLDER_OPTIONS, 'keep-damaged': { type: 'boolean', default: false } } });
  const folder = await openStoreFolder(values);
  try {
    let faults = 0;
    for (const day of [...new Set([...folder.sealed, ...folder.live])].sort()) {
      if (folder.sealed.includes(day))
        faults += tell(folder, `${day} sealed`, await checkSealedDay(folder.instance, join(folder.directory, day)), values['keep-damaged']);
      if (!folder.live.includes(day)) continue;
      if (folder.heldBy === undefined) faults += tell(folder, `${day} live  `, await checkLiveDay(folder, day), values['keep-damaged']);
      else say(`${day} live    not checked: process ${folder.heldBy} writes to it; stop it first\n`);
    }
    for (const path of folder.damaged) say(`set aside before: ${path}\n`);
    say(faults === 0 ? 'no fault\n' : `${faults} ${faults === 1 ? 'file is' : 'files are'} damaged\n`);
    return faults === 0 ? 0 : 1;
  } finally {
    folder.close();
  }
}

function tell({ directory }: StoreFolder, what: string, { series, samples, faults }: CheckedDay, keep: boolean): number {
  say(`${what}  ${countInWords(series)} series, ${countInWords(samples)} samples${faults.length === 0 ? '' : ': damaged'}\n`);
  for (const { path, problem } of faults) {
    // Without its series a day cannot be read at all.
    const aside = path.endsWith(SEALED_FILES.series) ? join(path, '..') : path;
    say(`  ${relative(directory, path)}: ${problem}\n`);
    if (keep) continue;
    setAside(aside);
    say(`  ${relative(directory, aside)} was set aside as ${relative(directory, aside)}.damaged; the rest is served\n`);
    if (aside !== path) break;
  }
  return faults.length;
}

// DuckDB keeps a checksum of every block, and looks at it when it reads.
async function checkLiveDay(folder: StoreFolder, day: string): Promise<CheckedDay> {
  const faults: FileFault[] = [];
  const path = join(folder.directory, `${day}.duckdb`);
  const connection = await folder.instance.connect();
  try {
    const catalog = await folder.attach(day);
    const [[series, unknown] = []] = (
      await connection.runAndReadAll(
        `SELECT (SELECT count(DISTINCT name || labels) FROM ${catalog}.series),
                (SELECT count(*) FROM ${catalog}.runs WHERE series NOT IN (SELECT id FROM ${catalog}.series))`,
      )
    ).getRows();
    const [[samples, sums] = []] = (
      await connection.runAndReadAll(
        `SELECT sum(len("values")), count(list_sum("values")) + count(start) + count(step) FROM ${catalog}.runs`,
      )
    ).getRows();
    if (Number(unknown) > 0) faults.push({ path, problem: `${String(unknown)} runs are of no series` });
    await folder.detach(day);
    return { series: Number(series), samples: Number(samples ?? sums ?? 0), faults };
  } catch (error) {
    await folder.detach(day).catch(() => undefined);
    return { series: 0, samples: 0, faults: [...faults, { path, problem: messageOf(error).split('\n', 1)[0] ?? '' }] };
  } finally {
    connection.closeSync();
  }
}
