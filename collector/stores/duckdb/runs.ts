import type { FilledColumns } from './segment.ts';

/**
 * Rows of a commit brought together by series, each in the order it came. A series' rows at even distances are one run: its start,
 * its step and its values, which is a tenth of the rows and compresses well, because a series' values are alike.
 */
export interface SortedRows {
  length: number;
  series: Uint32Array;
  times: Float64Array;
  values: Float64Array;
  /** The least and the greatest number among them. */
  lowest: number;
  highest: number;
  /** By number, counted from the least: where the next row of the series goes, while sorting. */
  places: Uint32Array;
}

/** What lies between the first and the last sample of a run at most, milliseconds: who looks for a time need not look at all runs before it. */
export const LONGEST_RUN = 600_000;
/** Rows that a usual commit has at most. Room for more comes of a disk that was slow for a while, and is not kept. */
const USUAL_ROWS = 2 ** 20;

/** Room for sorted rows, which grows as needed and is used again from commit to commit. */
export function emptySorted(): SortedRows {
  const none = new Float64Array(0);
  return { length: 0, series: new Uint32Array(0), times: none, values: none, lowest: 0, highest: 0, places: new Uint32Array(0) };
}

/** Sorts rows, which came in the order of the columns, by their series' numbers in the partition; those of one series stay in their order. */
export function sortBySeries(sorted: SortedRows, rows: readonly FilledColumns[], ownNumbers: Uint32Array): void {
  const length = rows.reduce((sum, columns) => sum + columns.length, 0);
  reserve(sorted, length);
  let lowest = 2 ** 32;
  let highest = 0;
  for (const { series, length } of rows) {
    for (let at = 0; at < length; at++) {
      const own = ownNumbers[series[at] as number] ?? 0;
      if (own < lowest) lowest = own;
      if (own > highest) highest = own;
    }
  }
  sorted.lowest = lowest;
  sorted.highest = highest;
  const size = length === 0 ? 0 : highest - lowest + 2;
  if (sorted.places.length < size) sorted.places = new Uint32Array(size * 2);
  sorted.places.fill(0, 0, size);
  for (const columns of rows) count(sorted, columns, ownNumbers);
  for (let at = 1; at < size; at++) sorted.places[at] = (sorted.places[at] as number) + (sorted.places[at - 1] as number);
  for (const columns of rows) place(sorted, columns, ownNumbers);
}

function count({ places, lowest }: SortedRows, { length, series }: FilledColumns, ownNumbers: Uint32Array): void {
  for (let at = 0; at < length; at++) (places[(ownNumbers[series[at] as number] ?? 0) - lowest + 1] as number)++;
}

function place(sorted: SortedRows, { length, series, times, values }: FilledColumns, ownNumbers: Uint32Array): void {
  const { places, lowest, series: toSeries, times: toTimes, values: toValues } = sorted;
  for (let at = 0; at < length; at++) {
    const own = ownNumbers[series[at] as number] ?? 0;
    const to = places[own - lowest] as number;
    places[own - lowest] = to + 1;
    toSeries[to] = own;
    toTimes[to] = times[at] as number;
    toValues[to] = values[at] as number;
  }
}

/** Where the rows of a series stand among sorted ones: the first, and behind the last. */
export function rowsOf({ length, lowest, highest, places }: SortedRows, number: number): readonly [from: number, to: number] {
  if (length === 0 || number < lowest || number > highest) return [0, 0];
  // Each series' place has moved behind its rows.
  return [number === lowest ? 0 : (places[number - lowest - 1] as number), places[number - lowest] as number];
}

/** Where the run that starts at `from` ends: the first row of another series, at another distance, or too far from the run's first. */
export function runEnd({ length, series, times }: SortedRows, from: number): number {
  let to = from + 1;
  if (to >= length || series[to] !== series[from]) return to;
  const start = times[from] as number;
  const step = (times[to] as number) - start;
  if (step <= 0 || step > LONGEST_RUN) return to;
  const id = series[from];
  const end = Math.min(length, from + 1 + Math.floor(LONGEST_RUN / step));
  for (to++; to < end && series[to] === id && (times[to] as number) - (times[to - 1] as number) === step;) to++;
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
