import type { Matcher } from './ast.ts';
import type { Labels } from './labels.ts';

/** Samples of one series in the order of their times, each time once. */
export interface SeriesSamples {
  readonly labels: Labels;
  /** Milliseconds since the epoch. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Times, in order, as of which the series counts as gone until its next sample. */
  readonly staleAt: readonly number[];
  /** Where `values` are not every sample: what each of them stands for. Then `values` are the last of each bucket, or the counter without its resets. */
  readonly buckets: Buckets | undefined;
}

/** What the samples of each bucket of a roll-up were; the time of a bucket is that of its last sample. */
export interface Buckets {
  /** Milliseconds: 60 000 or 3 600 000. */
  readonly resolution: number;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
}

/** Which samples are needed, and for what. */
export interface Selection {
  readonly matchers: readonly Matcher[];
  /** Milliseconds since the epoch, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** What allows a store to read less, as long as the answer is exactly the same or says that it is not. */
  readonly hint: {
    /** The function that the selector stands in; empty for none. */
    readonly call: string;
    /** The window, 0 for an instant vector. */
    readonly range: number;
    /** Between two evaluations; 0 for a single one. The last one is at `to`: of an instant vector, only the last sample before or at each is needed. */
    readonly step: number;
  };
}

/** Series by their labels; who matches any of the sets of matchers (of an empty list: everything) and has a sample in the time. */
export interface SeriesQuestion {
  readonly anyOf: readonly (readonly Matcher[])[];
  readonly from: number;
  readonly to: number;
  /** At most so many answers; 0 is no limit. */
  readonly limit: number;
}

/** Somewhere samples can be asked for. All of it ends, with the signal's reason, when the signal does. */
export interface Queryable {
  /** The series that match, some at a time, each series once and whole. */
  select(selection: Selection, signal: AbortSignal): AsyncIterable<readonly SeriesSamples[]>;
  series(question: SeriesQuestion, signal: AbortSignal): Promise<readonly Labels[]>;
  labelNames(question: SeriesQuestion, signal: AbortSignal): Promise<readonly string[]>;
  labelValues(name: string, question: SeriesQuestion, signal: AbortSignal): Promise<readonly string[]>;
}
