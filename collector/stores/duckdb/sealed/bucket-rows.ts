import { DOUBLE, TIMESTAMP_MS, UINTEGER } from '@duckdb/node-api';
import { toHalves } from '../parquet/halves.ts';
import type { Column } from '../parquet/write-row-group.ts';
import { setBit } from './bits.ts';
import type { BucketColumns } from './roll-up.ts';
import type { Scale } from './units.ts';

/**
 * The columns of 1m.parquet and 1h.parquet. A bucket of a series whose values are whole numbers of units has its last value as the change
 * since the bucket before (of the first: since 0), how far its least lies below and its greatest above that, and twice what its sum is off
 * the middle of the two, all in units and none where that is 0; else its values stand there as they are. What a counter has gained stands there where it is not the
 * change. A quarter of what the numbers themselves take.
 */
export const BUCKET_LAYOUT = {
  columns: ['series', 'time', 'ms', 'count', 'change', 'below', 'above', 'rest', 'last', 'min', 'max', 'sum', 'increase'],
  pruned: ['series'],
  fine: ['change', 'below', 'above', 'rest'],
  either: ['ms', 'count'],
} as const;

/** How the numbers are had, in SQL, with factor and divisor of series.parquet: stands in the file, for people who open it. */
export const BUCKET_FACTS = {
  times: 'time + to_milliseconds(ms)',
  units: 'sum(coalesce(change, 0)) OVER (PARTITION BY series ORDER BY time, ms)',
  lasts: 'coalesce(last, units * factor / divisor)',
  mins: 'coalesce(min, (units - coalesce(below, 0)) * factor / divisor)',
  maxs: 'coalesce(max, (units + coalesce(above, 0)) * factor / divisor)',
  sums: 'coalesce(sum, (coalesce(rest, 0) + count * (2 * units + coalesce(above, 0) - coalesce(below, 0))) / 2 * factor / divisor)',
  increases: 'coalesce(increase, coalesce(change, 0) * factor / divisor)',
} as const;

/** Rows of a roll-up as its file has them; only the first `length` count. */
interface BucketRows {
  readonly changes: Float64Array;
  readonly below: Float64Array;
  readonly above: Float64Array;
  readonly rests: Float64Array;
  readonly isPlain: Uint8Array;
  readonly withIncrease: Uint8Array;
}

/** What doubles hold of sums of decimals and what they would be differ by so much at most, relatively. */
const ROUNDING = 1e-13;
const MOST = 2 ** 52;

/** The columns that these buckets are written as; `scaleOf` answers the scale of a series. */
export function bucketColumns(buckets: BucketColumns, scaleOf: (series: number) => Scale | undefined): Column[] {
  const { length } = buckets;
  const bits = (): Uint8Array => new Uint8Array(Math.ceil(length / 8));
  const doubles = (): Float64Array => new Float64Array(length);
  const rows: BucketRows = {
    changes: doubles(),
    below: doubles(),
    above: doubles(),
    rests: doubles(),
    isPlain: bits(),
    withIncrease: bits(),
  };
  const increases = buckets.increases.slice(0, length);
  let series = -1;
  let scale: Scale | undefined;
  let units = 0;
  for (let at = 0; at < length; at++) {
    if (buckets.series[at] !== series) {
      series = buckets.series[at] as number;
      scale = scaleOf(series);
      units = 0;
    }
    const last = scale === undefined ? undefined : scaleRow(rows, at, buckets, scale, units);
    setBit(rows.isPlain, at, last === undefined);
    const increase = increases[at] as number;
    const gain = scale === undefined || last === undefined ? Number.NaN : ((last - units) * scale.factor) / scale.divisor;
    // Of a large counter's small gains the difference of two doubles is the less exact one.
    const isGain = Math.abs(gain - increase) <= ROUNDING * Math.abs(buckets.lasts[at] as number);
    setBit(rows.withIncrease, at, !Number.isNaN(increase) && !isGain);
    if (Number.isNaN(increase) || isGain) increases[at] = 0;
    units = last ?? units;
  }
  return columnsOf(buckets, rows, increases);
}

// Puts a bucket there in units; answers those of its last value, undefined where they do not say exactly what it is.
function scaleRow(rows: BucketRows, at: number, buckets: BucketColumns, scale: Scale, before: number): number | undefined {
  const last = unitsOf(buckets.lasts[at] as number, scale);
  const least = unitsOf(buckets.mins[at] as number, scale);
  const greatest = unitsOf(buckets.maxs[at] as number, scale);
  if (last === undefined || least === undefined || greatest === undefined) return undefined;
  const sum = buckets.sums[at] as number;
  const whole = Math.round((sum * scale.divisor) / scale.factor);
  if (Math.abs((whole * scale.factor) / scale.divisor - sum) > ROUNDING * Math.abs(sum)) return undefined;
  const middle = (buckets.counts[at] as number) * (least + greatest);
  if (Math.abs(whole) * scale.factor > MOST || Math.abs(middle) > MOST) return undefined;
  rows.changes[at] = last - before;
  rows.below[at] = last - least;
  rows.above[at] = greatest - last;
  rows.rests[at] = 2 * whole - middle;
  return last;
}

function unitsOf(value: number, { factor, divisor }: Scale): number | undefined {
  const units = Math.round((value * divisor) / factor);
  return (units * factor) / divisor === value && Math.abs(units) * factor <= MOST ? units : undefined;
}

function columnsOf(buckets: BucketColumns, rows: BucketRows, increases: Float64Array): Column[] {
  const { length } = buckets;
  const seconds = new Float64Array(length);
  const ms = new Uint32Array(length);
  for (let at = 0; at < length; at++) {
    const time = buckets.times[at] as number;
    seconds[at] = Math.floor(time / 1000) * 1000;
    ms[at] = time - (seconds[at] as number);
  }
  const times = new Int32Array(length * 2);
  toHalves(seconds, length, times);
  const plain = (name: string, data: Float64Array): Column => ({ name, type: DOUBLE, width: 8, data, valid: rows.isPlain });
  return [
    { name: 'series', type: UINTEGER, width: 4, data: buckets.series },
    { name: 'time', type: TIMESTAMP_MS, width: 8, data: times },
    { name: 'ms', type: UINTEGER, width: 4, data: ms },
    { name: 'count', type: UINTEGER, width: 4, data: buckets.counts },
    scaled('change', rows.changes),
    scaled('below', rows.below),
    scaled('above', rows.above),
    scaled('rest', rows.rests),
    plain('last', buckets.lasts),
    plain('min', buckets.mins),
    plain('max', buckets.maxs),
    plain('sum', buckets.sums),
    { name: 'increase', type: DOUBLE, width: 8, data: increases, valid: rows.withIncrease },
  ];
}

function scaled(name: string, data: Float64Array): Column {
  return { name, type: DOUBLE, width: 8, data, valid: notZero(data) };
}

// What is 0 most often takes least where it is not there.
function notZero(data: Float64Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(data.length / 8));
  for (const [at, value] of data.entries()) if (value !== 0) setBit(bits, at, true);
  return bits;
}
