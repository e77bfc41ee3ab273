/** Samples of one series, in the order they came, or settled: in the order of their times, each time once. Only the first `length` count. */
export interface Gathered {
  length: number;
  times: Float64Array;
  values: Float64Array;
  /** Whether the times rise. */
  sorted: boolean;
}

/** Nothing gathered yet; its room is used again from series to series. */
export function emptyGathered(): Gathered {
  return { length: 0, times: new Float64Array(1024), values: new Float64Array(1024), sorted: true };
}

/** Forgets what was gathered. */
export function clearGathered(gathered: Gathered): void {
  gathered.length = 0;
  gathered.sorted = true;
}

/** Makes room for so many more. */
export function reserveGathered(gathered: Gathered, more: number): void {
  const { length } = gathered;
  if (length + more <= gathered.times.length) return;
  const size = Math.max(length + more, gathered.times.length * 2);
  for (const column of ['times', 'values'] as const) {
    const longer = new Float64Array(size);
    longer.set(gathered[column].subarray(0, length));
    gathered[column] = longer;
  }
}

/** Adds a run: values at even distances from `start` on. */
export function gatherRun(gathered: Gathered, start: number, step: number, values: Float64Array): void {
  reserveGathered(gathered, values.length);
  const { length, times } = gathered;
  if (length > 0 && start <= (times[length - 1] as number)) gathered.sorted = false;
  if (step <= 0 && values.length > 1) gathered.sorted = false;
  for (let at = 0; at < values.length; at++) times[length + at] = start + step * at;
  gathered.values.set(values, length);
  gathered.length += values.length;
}

/** Adds samples with times of their own. */
export function gatherSamples(gathered: Gathered, times: Float64Array, values: Float64Array): void {
  reserveGathered(gathered, times.length);
  const { length } = gathered;
  gathered.times.set(times, length);
  gathered.values.set(values, length);
  gathered.length += times.length;
  for (let at = Math.max(1, length); at < gathered.length && gathered.sorted; at++) {
    if ((gathered.times[at] as number) <= (gathered.times[at - 1] as number)) gathered.sorted = false;
  }
}

/** Sorts by time; of a time that stands there twice the value that came last stays. */
export function settle(gathered: Gathered): void {
  if (gathered.sorted) return;
  const { length, times, values } = gathered;
  const order = Uint32Array.from({ length }, (_, at) => at).sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
  const sortedTimes = Float64Array.from(order, (at) => times[at] as number);
  const sortedValues = Float64Array.from(order, (at) => values[at] as number);
  let kept = 0;
  for (let at = 0; at < length; at++) {
    if (sortedTimes[at] === sortedTimes[at + 1] && at + 1 < length) continue;
    times[kept] = sortedTimes[at] as number;
    values[kept++] = sortedValues[at] as number;
  }
  gathered.length = kept;
  gathered.sorted = true;
}
