/**
 * Rows of one day in memory that two threads share: one appends and then publishes how many there are, the other reads those.
 * A segment never grows and nothing of it moves; more rows go into another one.
 */
export interface Segment extends RowColumns {
  readonly id: number;
  readonly buffer: SharedArrayBuffer;
  readonly state: Int32Array;
}

interface RowColumns {
  readonly series: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Rows in columns; only the first `length` of each count. */
export interface FilledColumns extends RowColumns {
  readonly length: number;
}

/** Rows that a segment holds: 1.3 MB, so that a day with a few late rows costs little and a usual commit has a dozen. */
export const SEGMENT_ROWS = 65_536;

const HEADER_BYTES = 64;
const TIMES_AT = HEADER_BYTES;
const VALUES_AT = TIMES_AT + SEGMENT_ROWS * 8;
const SERIES_AT = VALUES_AT + SEGMENT_ROWS * 8;

/** A segment on memory of its own, or on memory that the other thread has made. */
export function segmentOf(id: number, buffer = new SharedArrayBuffer(SERIES_AT + SEGMENT_ROWS * 4)): Segment {
  return {
    id,
    buffer,
    state: new Int32Array(buffer, 0, 1),
    times: new Float64Array(buffer, TIMES_AT, SEGMENT_ROWS),
    values: new Float64Array(buffer, VALUES_AT, SEGMENT_ROWS),
    series: new Uint32Array(buffer, SERIES_AT, SEGMENT_ROWS),
  };
}

/** How many rows count; what stands in them was written before this was said. */
export function lengthOf({ state }: Segment): number {
  return Atomics.load(state, 0);
}

/** Says that the first `length` rows count, to whoever reads. */
export function publish({ state }: Segment, length: number): void {
  Atomics.store(state, 0, length);
}

/** The rows that count at this moment. */
export function filled(segment: Segment): FilledColumns {
  const { series, times, values } = segment;
  return { series, times, values, length: lengthOf(segment) };
}
