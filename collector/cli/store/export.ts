import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDaySource } from '../../stores/duckdb/sealed/day-source.ts';
import { eachSeries } from '../../stores/duckdb/sealed/each-series.ts';
import { SEALED_FILES } from '../../stores/duckdb/sealed/folders.ts';
import type { Gathered } from '../../stores/duckdb/sealed/gathered.ts';
import { momentOf } from '../moment.ts';
import { standardError } from '../standard-error.ts';
import { UsageError } from '../usage-error.ts';
import { lineExporter } from './export-lines.ts';
import type { Exporter } from './export-lines.ts';
import { parquetExporter } from './export-parquet.ts';
import { countInWords } from './in-words.ts';
import { choiceOf } from './selecting.ts';
import type { SeriesChoice } from './selecting.ts';
import { FOLDER_OPTIONS, openStoreFolder } from './store-folder.ts';
import type { StoreFolder } from './store-folder.ts';

const DAY_MS = 86_400_000;

/** What is copied out. */
interface Wanted {
  readonly from: number;
  readonly to: number;
  readonly choice: SeriesChoice;
  readonly format: 'parquet' | 'lines';
  readonly target: string;
}

/** Copies samples out, day by day: Parquet for pandas and DuckDB, or line protocol. */
export async function exportStore(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      ...FOLDER_OPTIONS,
      from: { type: 'string' },
      to: { type: 'string' },
      match: { type: 'string', multiple: true, default: [] },
      format: { type: 'string', default: 'parquet' },
    },
    allowPositionals: true,
  });
  const [target, ...more] = positionals;
  const { format } = values;
  if (target === undefined || more.length > 0)
    throw new UsageError('name one folder to export to, or - for standard output with --format lines');
  if (format !== 'parquet' && format !== 'lines') throw new UsageError(`--format ${format} is not known; take parquet or lines`);
  if (target === '-' && format === 'parquet')
    throw new UsageError('Parquet needs a folder: a file cannot be written to standard output piece by piece');
  const now = Date.now();
  const wanted = {
    from: values.from === undefined ? 0 : momentOf('--from', values.from, now),
    to: values.to === undefined ? Number.MAX_SAFE_INTEGER : momentOf('--to', values.to, now),
    choice: choiceOf(values.match),
    format,
    target: target,
  } as const;
  const folder = await openStoreFolder(values);
  try {
    return await exportDays(folder, wanted);
  } finally {
    folder.close();
  }
}

async function exportDays(folder: StoreFolder, wanted: Wanted): Promise<number> {
  const inside = (day: string): boolean => Date.parse(day) <= wanted.to && Date.parse(day) + DAY_MS > wanted.from;
  const sealed = folder.sealed.filter(inside);
  const live = folder.live.filter(inside);
  const readable = folder.heldBy === undefined ? live : [];
  if (wanted.target !== '-') mkdirSync(wanted.target, { recursive: true });
  let samples = 0;
  for (const day of [...new Set([...sealed, ...readable])].sort()) {
    if (!readable.includes(day) && !existsSync(join(folder.directory, day, SEALED_FILES.raw))) {
      standardError(`${day}: its samples are not kept any more, only their roll-ups\n`);
      continue;
    }
    samples += await exportDay(folder, wanted, day, readable.includes(day));
  }
  standardError(`${countInWords(samples)} samples\n`);
  if (folder.heldBy !== undefined && live.length > 0) {
    const days = live.join(', ');
    standardError(`Not exported: what process ${folder.heldBy} has of ${days} and has not sealed yet. Stop it and export again.\n`);
    return 1;
  }
  if (folder.logBytes > 0 && folder.heldBy === undefined) {
    standardError('The log may hold samples that are in no day yet: start and stop the collector once, and export again.\n');
  }
  return 0;
}

async function exportDay(folder: StoreFolder, wanted: Wanted, day: string, live: boolean): Promise<number> {
  const catalog = live ? await folder.attach(day) : undefined;
  const source = await openDaySource(folder.instance, catalog, join(folder.directory, day));
  let samples = 0;
  try {
    const names = (await source.connection.runAndReadAll('SELECT name, labels FROM vigie_named ORDER BY number')).getRows();
    const exporter = await openExporter(wanted, day);
    await eachSeries(source, async ({ number, samples: own }) => {
      const [name, labels] = (names[number] ?? []).map(String) as [string, string];
      const [from, to] = within(own, wanted.from, wanted.to);
      if (from >= to || !wanted.choice(name, labels)) return;
      samples += to - from;
      await exporter.add(name, labels, own, from, to);
    });
    await exporter.finish();
    for (const what of exporter.left()) standardError(`${day}: ${what}\n`);
  } finally {
    source.close();
    if (live) await folder.detach(day);
  }
  return samples;
}

function openExporter({ format, target }: Wanted, day: string): Promise<Exporter> {
  if (format === 'parquet') return parquetExporter(join(target, `${day}.parquet`));
  return Promise.resolve(lineExporter(target === '-' ? '-' : join(target, `${day}.lp`)));
}

function within({ times, length }: Gathered, from: number, to: number): [number, number] {
  let [first, last] = [0, length];
  while (first < last && (times[first] as number) < from) first++;
  while (last > first && (times[last - 1] as number) > to) last--;
  return [first, last];
}
