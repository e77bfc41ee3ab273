import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { reserve } from './samples.ts';
import type { Growing, Stretch } from './samples.ts';
import { scansOf } from './scans.ts';

/** Where runs are read from. */
export interface RunSource {
  readonly catalog: string;
  readonly longestRun: number;
  /** Series in the file. */
  readonly series: number;
}

/** Which samples are read. */
export interface RunQuery {
  /** By series, those of the file's numbers that are it. */
  readonly numbers: readonly (readonly number[])[];
  /** Milliseconds since the epoch, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** How many samples are expected, and of how many nothing is answered. */
  readonly expected: number;
  readonly most: number;
}

/** Runs as a chunk of an answer holds them; copied out of it, as DuckDB takes its memory back. */
interface Runs {
  /** Of each run: its series' place in the answer, counted from 1; 0 for runs that nobody asked for. */
  readonly slots: Uint32Array;
  /** 64-bit integers in two halves. */
  readonly starts: Int32Array;
  readonly steps: Uint32Array;
  /** Offset and length of every run's values, 64-bit integers in two halves. */
  readonly entries: Uint32Array;
  readonly values: Float64Array;
}

/** Samples of which an answer is not kept whole by DuckDB, whose memory comes back only when JavaScript's garbage is collected; of fewer, it costs less. */
const STREAMED = 5_000_000;
/** What a chunk can hold: DuckDB's vector size. */
const CHUNK_RUNS = 2048;

/** Runs that were read, by series. */
export interface RunsRead {
  /** How many samples they have, a few outside the time among them. */
  readonly samples: number;
  /** The samples of one of the series within the time, in the order they came, unpacked into `room`. */
  unpack(slot: number, room: Growing): Stretch;
}

/** The samples of a file's runs by series; undefined where they are more than `most`. */
export async function readRuns(connection: DuckDBConnection, source: RunSource, query: RunQuery): Promise<RunsRead | undefined> {
  const { numbers, from, to, most } = query;
  const slots = slotsOf(numbers);
  const ends = new Uint32Array(numbers.length);
  const found: Runs[] = [];
  let samples = 0;
  for (const scan of scansOf(numbers, source.series)) {
    const sql = sqlOf(source, scan, from, to);
    const result = query.expected > STREAMED ? await connection.stream(sql) : await connection.run(sql);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      const runs = runsOf(chunk, slots);
      found.push(runs);
      samples += runs.values.length;
      if (samples > most) {
        await leave(connection);
        return undefined;
      }
      for (const slot of runs.slots) if (slot > 0) (ends[slot - 1] as number)++;
    }
  }
  const places = placesBySlot(found, ends);
  return { samples, unpack: (slot, room) => unpack(found, places.subarray(ends[slot - 1] ?? 0, ends[slot]), room, from, to) };
}

// The next statement of a connection ends what it still streams, with its transaction.
async function leave(connection: DuckDBConnection): Promise<void> {
  await connection.run('SELECT 1');
}

/** The series' places in an answer by their numbers in the file, from the least number on; counted from 1. */
interface Slots {
  readonly least: number;
  readonly of: Uint32Array;
}

function slotsOf(numbers: readonly (readonly number[])[]): Slots {
  let least = 2 ** 32;
  let greatest = 0;
  for (const own of numbers) {
    for (const number of own) {
      least = Math.min(least, number);
      greatest = Math.max(greatest, number);
    }
  }
  const of = new Uint32Array(Math.max(0, greatest - least + 1));
  for (const [slot, own] of numbers.entries()) for (const number of own) of[number - least] = slot + 1;
  return { least, of };
}

function sqlOf({ catalog, longestRun }: RunSource, condition: string, from: number, to: number): string {
  // In the column's own type, so that DuckDB passes by what lies outside without reading it.
  const earliest = `start >= ${timestamp(from - longestRun)}`;
  const latest = `start <= ${timestamp(to)}`;
  return `SELECT series, start, step, "values" FROM ${catalog}.runs WHERE ${condition} AND ${earliest} AND ${latest}`;
}

function timestamp(time: number): string {
  return `make_timestamp_ms(${Math.floor(Math.min(Math.max(time, EARLIEST_MS), LATEST_MS))})::TIMESTAMP_MS`;
}

/** Years 1 and 9999, beyond every sample. */
const EARLIEST_MS = -62_135_596_800_000;
const LATEST_MS = 253_402_300_799_999;

function runsOf({ chunk, rowCount: length }: DuckDBDataChunk, { least, of }: Slots): Runs {
  const data = (column: number, bytes: number): Uint8Array =>
    duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk, column), length * bytes);
  const lists = duckdb.data_chunk_get_vector(chunk, 3);
  const values = duckdb.list_vector_get_size(lists);
  const series = data(0, 4);
  const starts = data(1, 8);
  const steps = data(2, 4);
  const entries = data(3, 16);
  const child = duckdb.vector_get_data(duckdb.list_vector_get_child(lists), values * 8);
  const slots = new Uint32Array(series.buffer, series.byteOffset, length);
  for (let run = 0; run < length; run++) slots[run] = of[(slots[run] as number) - least] ?? 0;
  return {
    slots,
    starts: new Int32Array(starts.buffer, starts.byteOffset, length * 2),
    steps: new Uint32Array(steps.buffer, steps.byteOffset, length),
    entries: new Uint32Array(entries.buffer, entries.byteOffset, length * 4),
    values: new Float64Array(child.buffer, child.byteOffset, values),
  };
}

function startOf({ starts }: Runs, run: number): number {
  return (starts[2 * run + 1] as number) * 2 ** 32 + ((starts[2 * run] as number) >>> 0);
}

// The runs' places (chunk, and run within it) sorted by slot, each slot's in the order they came. Makes counts by slot ends by slot.
function placesBySlot(found: readonly Runs[], counts: Uint32Array): Uint32Array {
  let next = 0;
  for (let slot = 0; slot < counts.length; slot++) {
    const count = counts[slot] as number;
    counts[slot] = next;
    next += count;
  }
  const places = new Uint32Array(next);
  for (const [chunk, { slots }] of found.entries()) {
    for (let run = 0; run < slots.length; run++) {
      const slot = slots[run] as number;
      if (slot > 0) places[(counts[slot - 1] as number)++] = chunk * CHUNK_RUNS + run;
    }
  }
  return places;
}

function unpack(found: readonly Runs[], places: Uint32Array, room: Growing, from: number, to: number): Stretch {
  room.length = 0;
  for (const place of places) {
    const runs = found[Math.floor(place / CHUNK_RUNS)] as Runs;
    const run = place % CHUNK_RUNS;
    const start = startOf(runs, run);
    const step = runs.steps[run] as number;
    const offset = runs.entries[4 * run] as number;
    const last = lastOf(start, step, runs.entries[4 * run + 2] as number, to);
    let at = room.length;
    reserve(room, at + last + 1);
    const { times, values } = room;
    for (let sample = firstOf(start, step, from); sample <= last; sample++) {
      times[at] = start + sample * step;
      values[at++] = runs.values[offset + sample] as number;
    }
    room.length = at;
  }
  return { times: room.times, values: room.values, from: 0, to: room.length };
}

// The first sample of a run that is not before `from`.
function firstOf(start: number, step: number, from: number): number {
  return start >= from ? 0 : step === 0 ? 1 : Math.ceil((from - start) / step);
}

// The last sample of a run that is not after `to`.
function lastOf(start: number, step: number, length: number, to: number): number {
  if (start > to) return -1;
  return start + (length - 1) * step <= to ? length - 1 : Math.floor((to - start) / step);
}
