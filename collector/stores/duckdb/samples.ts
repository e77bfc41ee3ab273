/** A stretch of samples of one series. A NaN says that the series is gone as of then. */
export interface Stretch {
  /** Milliseconds since the epoch. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly from: number;
  /** Not included. */
  readonly to: number;
}

/** Samples being collected, in room that grows. */
export interface Growing {
  times: Float64Array;
  values: Float64Array;
  length: number;
}

const NONE = new Float64Array(0);

/** Room for so many samples; none where it may never be needed. */
export function growing(room = 0): Growing {
  return room === 0
    ? { times: NONE, values: NONE, length: 0 }
    : { times: new Float64Array(room), values: new Float64Array(room), length: 0 };
}

/** Adds a sample. */
export function push(growing: Growing, time: number, value: number): void {
  if (growing.length === growing.times.length) grow(growing, Math.max(16, growing.length * 2));
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
