import { grown } from '../series/head-index.ts';
import type { Rows } from '../stores/store.ts';

/** Rows being read; they grow as needed and are used again, because a fresh set a post would keep the garbage collector busy. */
export interface Columns extends Rows {
  length: number;
  series: Uint32Array;
  times: Float64Array;
  values: Float64Array;
  /** Slots of the rows in the series table. */
  slots: Uint32Array;
}

const SMALLEST = 4096;
/** Sets kept for use, and the longest worth keeping; more posts at once, or larger ones, get sets of their own. */
const MOST_KEPT = 64;
const LONGEST_KEPT = 65_536;

const kept: Columns[] = [];

/** An empty set of columns; its taker gives it back. */
export function takeColumns(): Columns {
  const columns = kept.pop();
  if (columns === undefined) return emptyColumns();
  columns.length = 0;
  return columns;
}

/** Takes a set back; nobody reads it any more. */
export function giveColumns(columns: Columns): void {
  if (kept.length < MOST_KEPT && columns.series.length <= LONGEST_KEPT) kept.push(columns);
}

/** Doubles the room. */
export function growColumns(columns: Columns): void {
  const length = columns.series.length * 2;
  columns.series = grown(columns.series, new Uint32Array(length));
  columns.slots = grown(columns.slots, new Uint32Array(length));
  columns.times = grown(columns.times, new Float64Array(length));
  columns.values = grown(columns.values, new Float64Array(length));
}

function emptyColumns(): Columns {
  const numbers = { times: new Float64Array(SMALLEST), values: new Float64Array(SMALLEST) };
  return { length: 0, series: new Uint32Array(SMALLEST), slots: new Uint32Array(SMALLEST), ...numbers };
}
