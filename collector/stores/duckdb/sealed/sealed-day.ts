import type { Scale } from './units.ts';

/** What stands in a sealed day's folder: the samples themselves, or their roll-ups. */
export type Resolution = 'raw' | '1m' | '1h';

/** A series of a sealed day. */
export interface SealedName {
  /** Counted from 0 in the order of (name, labelText): a name's series have numbers that follow each other. */
  readonly number: number;
  readonly name: string;
  /** `{a="1",b="2"}`, as the live files have it. */
  readonly labelText: string;
  /** How many samples it had on the day, whichever of them are still kept, and the times of the first and the last, milliseconds since the epoch. */
  readonly samples: number;
  readonly first: number;
  readonly last: number;
  /** The value of its first sample that is no NaN: what a counter's gain since the day before is counted with. NaN where there is none. */
  readonly firstValue: number;
  /** Whether its roll-ups know what it gained. */
  readonly isCounter: boolean;
  /** How its values are kept. */
  readonly scale: Scale | undefined;
}

/** Which of a day's series are meant. */
export interface SealedMatch {
  /** Where the name is known: only its series are looked at. */
  readonly name?: string | undefined;
  /** Asked of every series that could be meant; also of those of `name`. */
  readonly matches: (name: string, labelText: string) => boolean;
}

/** Which samples or buckets of a day are asked for. */
export interface SealedQuery {
  /** Milliseconds since the epoch, both inclusive; a bucket is in when its last sample is. */
  readonly from: number;
  readonly to: number;
  readonly resolution: Resolution;
}

/**
 * The samples of one series on one day, or the last sample of each of its buckets: in the order of their times, each time once.
 * A NaN among the samples says that the series is gone as of then; roll-ups have none.
 */
export interface SealedSeries {
  readonly number: number;
  readonly name: string;
  readonly labelText: string;
  /** Milliseconds since the epoch. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** What each bucket held; undefined for samples. */
  readonly buckets: SealedBuckets | undefined;
}

/**
 * Of each bucket: how many samples, their sum, least and greatest. Buckets are whole minutes or hours UTC without their start and with
 * their end, as PromQL's windows are; the sample at midnight is a bucket of its own, with which its day begins.
 */
export interface SealedBuckets {
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
  /** What a counter gained since the last sample before the bucket (0 where there was none on that day), across resets; undefined for what is no counter. */
  readonly increases: Float64Array | undefined;
}

/** A sealed day that can be read; a question ends, with the signal's reason, when its signal does. */
export interface SealedDay {
  /** `2026-11-20`, UTC. */
  readonly day: string;
  /** Which resolutions the retention has left. */
  readonly has: { readonly raw: boolean; readonly minutes: boolean; readonly hours: boolean };
  /** The highest log record whose rows are in it. */
  readonly applied: number;
  /** The series that match, in the order of their numbers. */
  series(match: SealedMatch, signal?: AbortSignal): Promise<readonly SealedName[]>;
  /** Samples of these series, given in the order of their numbers; a series without any in the time is left out. Empty where the resolution is not there. */
  read(series: readonly SealedName[], query: SealedQuery, signal?: AbortSignal): Promise<SealedSeries[]>;
  /** `series` and `read` in one. */
  select(query: SealedMatch & SealedQuery, signal?: AbortSignal): Promise<SealedSeries[]>;
}
