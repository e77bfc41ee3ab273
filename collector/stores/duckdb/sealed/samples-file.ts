import { DOUBLE, FLOAT, TIMESTAMP_MS, UINTEGER } from '@duckdb/node-api';
import { toHalves } from '../parquet/halves.ts';
import type { Column } from '../parquet/write-row-group.ts';
import type { Gathered } from './gathered.ts';
import type { RowGroups } from './row-groups.ts';
import { setBit } from './bits.ts';
import { scaleOf } from './units.ts';
import type { Scale } from './units.ts';

/**
 * The columns of samples.parquet. Times are cut to the second, which is regular where the milliseconds are not. Values are whole numbers of
 * units mostly, of which each sample has the change since the one before (of a series' first: since 0): none where it is 0, a
 * single-precision number, or a jump where it is none; what is no whole number of units stands in `value`. A third smaller than times and
 * values as they are.
 */
export const SAMPLE_LAYOUT = {
  columns: ['series', 'time', 'ms', 'change', 'jump', 'value'],
  pruned: ['series'],
  fine: ['change'],
  either: ['ms'],
} as const;

/** How times and values are had, in SQL, with factor and divisor of series.parquet: stands in the file, for people who open it. */
export const SAMPLE_FACTS = {
  times: 'time + to_milliseconds(ms)',
  values: 'coalesce(value, sum(coalesce(change, jump, 0)) OVER (PARTITION BY series ORDER BY time, ms) * factor / divisor)',
} as const;

/** Rows that make a row group worth it: series are never cut, so that one of a big day is read with few others. */
const GROUP_ROWS = 491_520;
/** Room for a last series of a sample a second. */
const ROOM = GROUP_ROWS + 86_400;

/** Writes series after series into samples.parquet. */
export interface SamplesFile {
  /** Answers the scale of its values. */
  add(series: number, samples: Gathered): Promise<Scale | undefined>;
  finish(): Promise<void>;
}

interface Rows {
  length: number;
  series: Uint32Array;
  seconds: Float64Array;
  ms: Uint32Array;
  /** Units, while a series is added. */
  jumps: Float64Array;
  changes: Float32Array;
  values: Float64Array;
  /** Bits a row: which of these it has. */
  withChange: Uint8Array;
  withJump: Uint8Array;
  withValue: Uint8Array;
}

/** Begins; nothing is read of what was added once `add` has resolved. */
export function samplesFile(file: RowGroups): SamplesFile {
  let rows = emptyRows(ROOM);
  const flush = async (): Promise<void> => {
    if (rows.length === 0) return;
    await file.append(columnsOf(rows), rows.length);
    rows.length = 0;
  };
  return {
    async add(series, samples) {
      if (rows.length > 0 && rows.length + samples.length > rows.series.length) await flush();
      if (samples.length > rows.series.length) rows = emptyRows(samples.length);
      const scale = addRows(rows, series, samples);
      if (rows.length >= GROUP_ROWS) await flush();
      return scale;
    },
    async finish() {
      await flush();
      await file.finish(SAMPLE_FACTS);
    },
  };
}

function addRows(rows: Rows, series: number, { length, times, values }: Gathered): Scale | undefined {
  const from = rows.length;
  const to = from + length;
  const units = rows.jumps.subarray(from, to);
  const scale = scaleOf(values, length, units);
  if (scale === undefined) units.fill(Number.NaN);
  rows.series.fill(series, from, to);
  rows.values.set(values.subarray(0, length), from);
  let previous = 0;
  for (let at = 0; at < length; at++) {
    const row = from + at;
    const time = times[at] as number;
    const second = Math.floor(time / 1000) * 1000;
    rows.seconds[row] = second;
    rows.ms[row] = time - second;
    const own = units[at] as number;
    const isUnits = !Number.isNaN(own);
    const change = isUnits ? own - previous : 0;
    const isSingle = Math.fround(change) === change;
    rows.changes[row] = isSingle ? change : 0;
    units[at] = isSingle ? 0 : change;
    setBit(rows.withChange, row, isSingle && change !== 0);
    setBit(rows.withJump, row, isUnits && !isSingle);
    setBit(rows.withValue, row, !isUnits);
    if (isUnits) previous = own;
  }
  rows.length = to;
  return scale;
}

function columnsOf(rows: Rows): Column[] {
  const { length } = rows;
  const times = new Int32Array(length * 2);
  toHalves(rows.seconds, length, times);
  return [
    { name: 'series', type: UINTEGER, width: 4, data: rows.series },
    { name: 'time', type: TIMESTAMP_MS, width: 8, data: times },
    { name: 'ms', type: UINTEGER, width: 4, data: rows.ms },
    { name: 'change', type: FLOAT, width: 4, data: rows.changes, valid: rows.withChange },
    { name: 'jump', type: DOUBLE, width: 8, data: rows.jumps, valid: rows.withJump },
    { name: 'value', type: DOUBLE, width: 8, data: rows.values, valid: rows.withValue },
  ];
}

function emptyRows(room: number): Rows {
  return {
    length: 0,
    series: new Uint32Array(room),
    seconds: new Float64Array(room),
    ms: new Uint32Array(room),
    jumps: new Float64Array(room),
    changes: new Float32Array(room),
    values: new Float64Array(room),
    withChange: new Uint8Array(Math.ceil(room / 8)),
    withJump: new Uint8Array(Math.ceil(room / 8)),
    withValue: new Uint8Array(Math.ceil(room / 8)),
  };
}
