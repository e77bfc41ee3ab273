import { BIGINT, DOUBLE, TIMESTAMP_MS, UINTEGER } from '@duckdb/node-api';
import { toHalves } from '../parquet/halves.ts';
import type { Column } from '../parquet/write-row-group.ts';
import type { Gathered } from './gathered.ts';
import type { RowGroups } from './row-groups.ts';
import { scaleOf } from './units.ts';

/**
 * The columns of samples.parquet. Values are whole numbers of units mostly, of which each sample has the change since the one before
 * (of a series' first: since 0), in doubles; a quarter smaller than whole numbers as they are. What is no such number stands in `value`.
 */
export const SAMPLE_LAYOUT = {
  columns: ['series', 'time', 'change', 'factor', 'divisor', 'value'],
  pruned: ['series'],
  onlyV2: ['change'],
} as const;
/** How the values are had, in SQL: stands in the file, for people who open it. */
export const SAMPLE_FACTS = { values: 'coalesce(value, sum(change) OVER (PARTITION BY series ORDER BY time) * factor / divisor)' } as const;

/** Rows that make a row group worth it: series are never cut, so that one of a big day is read with few others. */
const GROUP_ROWS = 122_880;

/** Writes series after series into samples.parquet. */
export interface SamplesFile {
  add(series: number, samples: Gathered): Promise<void>;
  finish(): Promise<void>;
}

interface Rows {
  length: number;
  series: Uint32Array;
  times: Float64Array;
  changes: Float64Array;
  factors: Float64Array;
  divisors: Uint32Array;
  values: Float64Array;
  /** Bits a row: whether it has a change, or else a value. */
  withChange: Uint8Array;
  withValue: Uint8Array;
}

/** Begins; nothing is read of what was added once `add` has resolved. */
export function samplesFile(file: RowGroups): SamplesFile {
  let rows = emptyRows(GROUP_ROWS * 2);
  const flush = async (): Promise<void> => {
    if (rows.length === 0) return;
    await file.append(columnsOf(rows), rows.length);
    rows.length = 0;
  };
  return {
    async add(series, samples) {
      if (rows.length > 0 && rows.length + samples.length > rows.series.length) await flush();
      if (samples.length > rows.series.length) rows = emptyRows(samples.length);
      addRows(rows, series, samples);
      if (rows.length >= GROUP_ROWS) await flush();
    },
    async finish() {
      await flush();
      await file.finish(SAMPLE_FACTS);
    },
  };
}

function addRows(rows: Rows, series: number, { length, times, values }: Gathered): void {
  const from = rows.length;
  const to = from + length;
  const changes = rows.changes.subarray(from, to);
  const scale = scaleOf(values, length, changes);
  if (scale === undefined) changes.fill(Number.NaN);
  rows.series.fill(series, from, to);
  rows.times.set(times.subarray(0, length), from);
  rows.values.set(values.subarray(0, length), from);
  rows.factors.fill(scale?.factor ?? 1, from, to);
  rows.divisors.fill(scale?.divisor ?? 1, from, to);
  let previous = 0;
  for (let at = from; at < to; at++) {
    const units = rows.changes[at] as number;
    const isUnits = !Number.isNaN(units);
    setBit(rows.withChange, at, isUnits);
    setBit(rows.withValue, at, !isUnits);
    rows.changes[at] = isUnits ? units - previous : 0;
    if (isUnits) previous = units;
  }
  rows.length = to;
}

function setBit(bits: Uint8Array, at: number, to: boolean): void {
  const byte = bits[at >> 3] as number;
  bits[at >> 3] = to ? byte | (1 << (at & 7)) : byte & ~(1 << (at & 7));
}

function columnsOf(rows: Rows): Column[] {
  const { length } = rows;
  const halves = (numbers: Float64Array): Int32Array => {
    const both = new Int32Array(length * 2);
    toHalves(numbers, length, both);
    return both;
  };
  return [
    { name: 'series', type: UINTEGER, width: 4, data: rows.series },
    { name: 'time', type: TIMESTAMP_MS, width: 8, data: halves(rows.times) },
    { name: 'change', type: DOUBLE, width: 8, data: rows.changes, valid: rows.withChange },
    { name: 'factor', type: BIGINT, width: 8, data: halves(rows.factors) },
    { name: 'divisor', type: UINTEGER, width: 4, data: rows.divisors },
    { name: 'value', type: DOUBLE, width: 8, data: rows.values, valid: rows.withValue },
  ];
}

function emptyRows(room: number): Rows {
  return {
    length: 0,
    series: new Uint32Array(room),
    times: new Float64Array(room),
    changes: new Float64Array(room),
    factors: new Float64Array(room),
    divisors: new Uint32Array(room),
    values: new Float64Array(room),
    withChange: new Uint8Array(Math.ceil(room / 8)),
    withValue: new Uint8Array(Math.ceil(room / 8)),
  };
}
