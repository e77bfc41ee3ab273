import { USUAL_ROWS } from './messages.ts';
import type { DayRows } from './messages.ts';

/**
 * Rows of a commit brought together by series, each in the order it came. A series' rows at even distances are one run: its start,
 * its step and its values, which is a tenth of the rows and compresses well, because a series' values are alike.
 */
export interface SortedRows {
  length: number;
  series: Uint32Array;
  times: Float64Array;
  values: Float64Array;
  /** Where the next row of a series goes, while sorting. */
  places: Uint32Array;
}

/** The longest step of a run in milliseconds: what the column holds. */
const LONGEST_STEP = 2 ** 32 - 1;

/** Room for sorted rows, which grows as needed and is used again from commit to commit. */
export function emptySorted(): SortedRows {
  const none = new Float64Array(0);
  return { length: 0, series: new Uint32Array(0), times: none, values: none, places: new Uint32Array(0) };
}

/** Sorts the rows by their series' numbers in the partition; those of one series stay in their order. */
export function sortBySeries(sorted: SortedRows, rows: DayRows, ownIds: Uint32Array): void {
  const { length, series } = rows;
  reserve(sorted, length);
  let lowest = 2 ** 32;
  let highest = 0;
  for (let at = 0; at < length; at++) {
    const id = ownIds[series[at] as number] as number;
    if (id < lowest) lowest = id;
    if (id > highest) highest = id;
  }
  count(sorted, rows, ownIds, lowest, highest);
  place(sorted, rows, ownIds, lowest);
}

function count(sorted: SortedRows, { length, series }: DayRows, ownIds: Uint32Array, lowest: number, highest: number): void {
  const size = length === 0 ? 0 : highest - lowest + 2;
  if (sorted.places.length < size) sorted.places = new Uint32Array(size * 2);
  const { places } = sorted;
  places.fill(0, 0, size);
  for (let at = 0; at < length; at++) (places[(ownIds[series[at] as number] as number) - lowest + 1] as number)++;
  for (let at = 1; at < size; at++) places[at] = (places[at] as number) + (places[at - 1] as number);
}

function place(sorted: SortedRows, rows: DayRows, ownIds: Uint32Array, lowest: number): void {
  const { length, series, times, values } = rows;
  const { places, series: toSeries, times: toTimes, values: toValues } = sorted;
  for (let at = 0; at < length; at++) {
    const id = ownIds[series[at] as number] as number;
    const to = places[id - lowest] as number;
    places[id - lowest] = to + 1;
    toSeries[to] = id;
    toTimes[to] = times[at] as number;
    toValues[to] = values[at] as number;
  }
}

/** Where the run that starts at `from` ends: the first row of another series, or at another distance. */
export function runEnd({ length, series, times }: SortedRows, from: number): number {
  let to = from + 1;
  if (to >= length || series[to] !== series[from]) return to;
  const step = (times[to] as number) - (times[from] as number);
  if (step <= 0 || step > LONGEST_STEP) return to;
  const id = series[from];
  for (to++; to < length && series[to] === id && (times[to] as number) - (times[to - 1] as number) === step;) to++;
  return to;
}

function reserve(sorted: SortedRows, length: number): void {
  sorted.length = length;
  const room = sorted.series.length;
  if (length <= room && (room <= USUAL_ROWS || length > room / 2)) return;
  const size = 2 ** Math.ceil(Math.log2(Math.max(1024, length)));
  sorted.series = new Uint32Array(size);
  sorted.times = new Float64Array(size);
  sorted.values = new Float64Array(size);
}
