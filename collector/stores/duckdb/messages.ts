import type { MessagePort } from 'node:worker_threads';
import type { Keep } from './sealed/sealed-days.ts';
import type { Sealed } from './sealed/sealing.ts';

/** What the thread is started with. */
export interface ThreadData {
  /** Brings {@link Notice}s. */
  readonly notices: MessagePort;
}

/** What is told to the thread as it happens; it looks at it before it commits and before it answers. */
export type Notice =
  /** From now on rows of this day come into this memory, too. */
  | { readonly kind: 'segment'; readonly day: string; readonly id: number; readonly buffer: SharedArrayBuffer }
  /** What these numbers are that rows of this day carry; always told before the rows are there. */
  | { readonly kind: 'described'; readonly day: string; readonly series: readonly DescribedSeries[] }
  /** Numbers that further rows of this day carry will be described again. */
  | { readonly kind: 'forgotten'; readonly day: string };

/** Somebody who asks, through this port ({@link Asked}); a message like a call, but nothing is answered. */
export interface Asker {
  readonly asker: MessagePort;
}

/** A series by the number that rows carry, and by what people know it. */
export interface DescribedSeries {
  readonly id: number;
  readonly name: string;
  readonly labelText: string;
}

/** Segments of a day that are to be committed; all of the day that were opened before them have been. */
export interface DaySegments {
  /** `2026-11-20`, UTC. */
  readonly day: string;
  readonly segments: readonly number[];
}

/** What the writing thread does when asked; every call is answered once, by its result or its error. */
export interface PartitionCalls {
  /** Opens the folder's partitions; answers the highest log record that each of them holds. */
  open(directory: string, memoryLimit: string): Promise<Readonly<Record<string, number>>>;
  /**
   * Commits rows, days one by one, and notes that the log up to `upTo` is in them. Once it has answered, nobody reads the segments
   * any more, and they may be filled again. Where it fails, they are still read, and may be flushed again.
   */
  flush(parts: readonly DaySegments[], upTo: number): Promise<void>;
  /** Removes what is older than it is kept: of each resolution the days before this one. */
  drop(before: Keep): Promise<Dropped>;
  /** Seals a day ({@link Sealing.seal}); undefined where there is nothing to seal. */
  seal(day: string, rest: number): Promise<Sealed | undefined>;
  /** Seals the day that is due at this time, if there is one. */
  sealDue(now: number, rest: number): Promise<Sealed | undefined>;
  close(): Promise<void>;
}

/** What has gone: days of which a live file was removed, and everything in words. */
export interface Dropped {
  readonly days: readonly string[];
  readonly gone: readonly string[];
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
