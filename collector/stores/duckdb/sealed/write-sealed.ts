import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { rowGroupWriter } from '../parquet/write-row-group.ts';
import type { WriteRowGroup } from '../parquet/write-row-group.ts';
import { BUCKET_LAYOUT } from './bucket-rows.ts';
import { bucketsFile } from './buckets-file.ts';
import { writeChecksums } from './checksums.ts';
import { isCounter } from './counters.ts';
import { openDaySource } from './day-source.ts';
import type { DaySource } from './day-source.ts';
import { SEALED_FILES, sealingFolder, syncPath } from './folders.ts';
import { eachSeries } from './each-series.ts';
import { pace } from './pace.ts';
import type { Pace } from './pace.ts';
import { openRowGroups } from './row-groups.ts';
import type { RowGroups } from './row-groups.ts';
import { SAMPLE_LAYOUT, samplesFile } from './samples-file.ts';
import { seriesFacts } from './series-file.ts';
import type { SeriesFacts } from './series-file.ts';

/** A day that is to be sealed. */
export interface UnsealedDay {
  /** Where the store keeps its files. */
  readonly directory: string;
  readonly day: string;
  /** Has the live file attached as `catalog`; undefined where there is none. */
  readonly instance: DuckDBInstance;
  readonly catalog: string | undefined;
}

/** What was written. */
export interface Written {
  readonly series: number;
  readonly samples: number;
  /** The highest log record whose rows are in it. */
  readonly applied: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** What DuckDB may use to write a row group. */
const WRITING_MEMORY = '128MiB';

/**
 * Writes everything there is of a day, the live file's and what was sealed of it before, into its sealing folder, and waits until that is
 * on the disk. `rest` is how long it rests for the time it works (see {@link pace}). What was written is of no worth until it is kept.
 *
 * @throws the signal's reason, or Error where it cannot be read or written; the folder is removed then.
 */
export async function writeSealed(unsealed: UnsealedDay, { signal, rest }: { signal: AbortSignal; rest: number }): Promise<Written> {
  const { directory, day, instance, catalog } = unsealed;
  const folder = sealingFolder(directory, day);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  // Of its own, so that what it uses is bounded beside what answers use, and given back.
  const own = await DuckDBInstance.create(':memory:', { memory_limit: WRITING_MEMORY, threads: '1' });
  const writing = await own.connect();
  const opened: RowGroups[] = [];
  let source: DaySource | undefined;
  const interrupt = (): void => {
    writing.interrupt();
    source?.interrupt();
  };
  signal.addEventListener('abort', interrupt);
  try {
    source = await openDaySource(instance, catalog, join(directory, day));
    signal.throwIfAborted();
    const facts = seriesFacts(source.series);
    const outputs = await openOutputs(folder, rowGroupWriter(writing), opened);
    await writeSeries(source, outputs, facts, pace(rest, signal));
    for (const output of [outputs.samples, outputs.minutes, outputs.hours]) await output.finish();
    const file = join(folder, SEALED_FILES.series);
    await facts.write(source.connection, file, source.applied);
    syncPath(file);
    await writeChecksums(folder, Object.values(SEALED_FILES));
    syncPath(folder);
    return { series: facts.series, samples: facts.samples, applied: source.applied };
  } catch (error) {
    for (const file of opened) await file.abandon();
    await rm(folder, { recursive: true, force: true });
    // Whatever an interrupted statement says.
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', interrupt);
    source?.close();
    own.closeSync();
  }
}

interface Outputs {
  readonly samples: ReturnType<typeof samplesFile>;
  readonly minutes: ReturnType<typeof bucketsFile>;
  readonly hours: ReturnType<typeof bucketsFile>;
}

async function openOutputs(folder: string, write: WriteRowGroup, opened: RowGroups[]): Promise<Outputs> {
  const open = async (resolution: 'raw' | '1m' | '1h'): Promise<RowGroups> => {
    const file = await openRowGroups(join(folder, SEALED_FILES[resolution]), resolution === 'raw' ? SAMPLE_LAYOUT : BUCKET_LAYOUT, write);
    opened.push(file);
    return file;
  };
  return {
    samples: samplesFile(await open('raw')),
    minutes: bucketsFile(await open('1m'), MINUTE_MS),
    hours: bucketsFile(await open('1h'), HOUR_MS),
  };
}

async function writeSeries(source: DaySource, outputs: Outputs, facts: SeriesFacts, { rest }: Pace): Promise<void> {
  const counts = counterNumbers(source);
  const { older } = source;
  // Of a day whose samples are not kept any more, those that came late are rolled up and gone: alone they would pass for all there were.
  const keepsSamples = older === undefined || older.samples !== undefined;
  await eachSeries(source, async ({ number, samples, minutes, hours }) => {
    const known = older?.known.get(number);
    if (known !== undefined) facts.addKnown(number, known);
    if (samples.length > 0) facts.addSamples(number, samples);
    const isCounter = counts(number);
    const scale = samples.length > 0 && keepsSamples ? await outputs.samples.add(number, samples) : known?.scale;
    facts.setKept(number, scale, isCounter);
    await outputs.minutes.add({ number, isCounter, scale }, samples, minutes);
    await outputs.hours.add({ number, isCounter, scale }, samples, hours);
    await rest();
  });
}

// Numbers are asked for in order.
function counterNumbers({ names }: DaySource): (number: number) => boolean {
  let at = 0;
  let counter = isCounter(names[0]?.name ?? '');
  return (number) => {
    while ((names[at + 1]?.first ?? Number.POSITIVE_INFINITY) <= number) counter = isCounter(names[++at]?.name ?? '');
    return counter;
  };
}
