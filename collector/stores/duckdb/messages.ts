/** Rows of one day, with the series among them that its partition does not know yet; only the first `length` of each column count. */
export interface DayRows {
  /** `2026-11-20`, UTC. */
  readonly day: string;
  readonly described: readonly DescribedSeries[];
  readonly length: number;
  readonly series: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Rows that a usual commit has at most. Room for more comes of a disk that was slow for a while, and is not kept. */
export const USUAL_ROWS = 2 ** 20;

/** How a flush went. The columns come back either way: to be filled again, or to be flushed again. */
export interface Flushed {
  readonly parts: readonly DayRows[];
  readonly error: string | undefined;
}

/** A series by the number that rows carry, and by what people know it. */
export interface DescribedSeries {
  readonly id: number;
  readonly name: string;
  readonly labelText: string;
}

/** Which samples are asked for. */
export interface Selection {
  readonly name: string;
  /** Labels that must be equal. */
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, both inclusive. */
  readonly from: number;
  readonly to: number;
}

/** The samples of one series in the order of their times, each time once. */
export interface SelectedSeries {
  readonly name: string;
  readonly labelText: string;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** What the writing thread does when asked; every call is answered once, by its result or its error. */
export interface PartitionCalls {
  /** Opens the folder's partitions; answers the highest log record that each of them holds. */
  open(directory: string, memoryLimit: string): Promise<Readonly<Record<string, number>>>;
  /** Commits rows, days one by one, and notes that the log up to `upTo` is in them. The columns go over to the thread until it answers. */
  flush(parts: readonly DayRows[], upTo: number): Promise<Flushed>;
  select(selection: Selection): Promise<SelectedSeries[]>;
  /** Removes the partitions of days before this one; answers their names. */
  drop(before: string): Promise<string[]>;
  close(): Promise<void>;
}

/** A call on its way to the thread, and its answer on the way back. */
export interface Call {
  readonly call: number;
  readonly method: keyof PartitionCalls;
  readonly args: readonly unknown[];
}

/** The writer thread's answer to the call of the same number: a result, or the error's message. */
export interface Answer {
  readonly call: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** What of a day's rows moves between threads instead of being copied. */
export function buffersOf({ series, times, values }: DayRows): ArrayBuffer[] {
  return [series.buffer as ArrayBuffer, times.buffer as ArrayBuffer, values.buffer as ArrayBuffer];
}
