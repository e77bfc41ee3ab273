import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDaySource } from '../../stores/duckdb/sealed/day-source.ts';
import { eachSeries } from '../../stores/duckdb/sealed/each-series.ts';
import { isCounter } from '../../stores/duckdb/sealed/counters.ts';
import { SEALED_FILES } from '../../stores/duckdb/sealed/folders.ts';
import type { Gathered } from '../../stores/duckdb/sealed/gathered.ts';
import type { Resolution } from '../../stores/duckdb/sealed/sealed-day.ts';
import { momentOf } from '../moment.ts';
import { standardError } from '../standard-error.ts';
import { UsageError } from '../usage-error.ts';
import { lineExporter } from './export-lines.ts';
import type { Exporter } from './export-lines.ts';
import { bucketExporter, parquetExporter } from './export-parquet.ts';
import { countInWords } from './in-words.ts';
import { choiceOf } from './selecting.ts';
import type { SeriesChoice } from './selecting.ts';
import { FOLDER_OPTIONS, openStoreFolder } from './store-folder.ts';
import type { StoreFolder } from './store-folder.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** What is copied out. */
interface Wanted {
  readonly from: number;
  readonly to: number;
  readonly choice: SeriesChoice;
  readonly format: 'parquet' | 'lines';
  readonly resolution: Resolution;
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
      resolution: { type: 'string', default: 'raw' },
    },
    allowPositionals: true,
  });
  const [target, ...more] = positionals;
  const { format, resolution } = values;
  if (target === undefined || more.length > 0)
    throw new UsageError('name one folder to export to, or - for standard output with --format lines');
  if (format !== 'parquet' && format !== 'lines') throw new UsageError(`--format ${format} is not known; take parquet or lines`);
  if (target === '-' && format === 'parquet')
    throw new UsageError('Parquet needs a folder: a file cannot be written to standard output piece by piece');
  if (resolution !== 'raw' && resolution !== '1m' && resolution !== '1h') {
    throw new UsageError(`--resolution ${resolution} is not known; take raw, 1m or 1h`);
  }
  if (resolution !== 'raw' && format === 'lines') throw new UsageError('line protocol has no place for roll-ups; take --format parquet');
  const now = Date.now();
  const wanted = {
    from: values.from === undefined ? 0 : momentOf('--from', values.from, now),
    to: values.to === undefined ? Number.MAX_SAFE_INTEGER : momentOf('--to', values.to, now),
    choice: choiceOf(values.match),
    format,
    resolution,
    target,
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
    const kept = (resolution: Resolution): boolean => existsSync(join(folder.directory, day, SEALED_FILES[resolution]));
    if (!readable.includes(day) && !kept('raw') && (wanted.resolution === 'raw' || !kept(wanted.resolution))) {
      standardError(
        `${day}: its samples are not kept any more${wanted.resolution === 'raw' ? ', only roll-ups (--resolution 1m or 1h)' : ''}\n`,
      );
      continue;
    }
    samples += await exportDay(folder, wanted, day, readable.includes(day));
  }
  standardError(`${countInWords(samples)} ${wanted.resolution === 'raw' ? 'samples' : 'buckets'}\n`);
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
    await eachSeries(source, async ({ number, samples: own, minutes, hours }) => {
      const [name, labels] = (names[number] ?? []).map(String) as [string, string];
      const older = wanted.resolution === '1m' ? minutes : wanted.resolution === '1h' ? hours : [];
      const [from, to] = within(own, wanted.from, wanted.to);
      if ((from >= to && older.length === 0) || !wanted.choice(name, labels)) return;
      samples += await exporter.add({ name, labelText: labels, isCounter: isCounter(name), older }, own, from, to);
    });
    await exporter.finish();
    for (const what of exporter.left()) standardError(`${day}: ${what}\n`);
  } finally {
    source.close();
    if (live) await folder.detach(day);
  }
  return samples;
}

function openExporter({ format, resolution, target, from, to }: Wanted, day: string): Promise<Exporter> {
  const file = join(target, `${day}.parquet`);
  if (resolution !== 'raw') return bucketExporter(file, resolution === '1m' ? MINUTE_MS : HOUR_MS, from, to);
  if (format === 'parquet') return parquetExporter(file);
  return Promise.resolve(lineExporter(target === '-' ? '-' : join(target, `${day}.lp`)));
}

function within({ times, length }: Gathered, from: number, to: number): [number, number] {
  let [first, last] = [0, length];
  while (first < last && (times[first] as number) < from) first++;
  while (last > first && (times[last - 1] as number) > to) last--;
  return [first, last];
}
