/** Samples of several series, those of the first in front; each in the order they came. A NaN says that the series is gone as of then. */
export interface FlatSamples {
  /** By series: where its samples end; they begin where those of the series before it end. */
  readonly ends: Uint32Array;
  /** Milliseconds since the epoch. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** A stretch of samples. */
export interface Stretch {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly from: number;
  /** Not included. */
  readonly to: number;
}

/** The samples of one of the series. */
export function stretchOf({ ends, times, values }: FlatSamples, series: number): Stretch {
  return { times, values, from: series === 0 ? 0 : (ends[series - 1] as number), to: ends[series] as number };
}

/** Samples being collected, in room that grows. */
export interface Growing {
  times: Float64Array;
  values: Float64Array;
  length: number;
}

/** Room for some samples. */
export function growing(room = 256): Growing {
  return { times: new Float64Array(room), values: new Float64Array(room), length: 0 };
}

/** Adds a sample. */
export function push(growing: Growing, time: number, value: number): void {
  if (growing.length === growing.times.length) grow(growing, growing.length * 2);
  growing.times[growing.length] = time;
  growing.values[growing.length++] = value;
}

/** Makes room for so many samples in all. */
export function reserve(growing: Growing, length: number): void {
  if (length > growing.times.length) grow(growing, Math.max(length, Math.ceil(growing.times.length * 1.5)));
}

function grow(growing: Growing, room: number): void {
  const { times, values, length } = growing;
  growing.times = new Float64Array(room);
  growing.times.set(times.subarray(0, length));
  growing.values = new Float64Array(room);
  growing.values.set(values.subarray(0, length));
}
