import type { Labels } from './labels.ts';
import type { Position } from './position.ts';
import type { Queryable } from './queryable.ts';

/** When a question is evaluated: at `start`, and every `step` until `end`, which is included. Milliseconds. An instant question has start = end and step 0. */
export interface Steps {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** One series over the steps: `values[i]` counts where `present[i]` is 1. */
export interface Column {
  readonly labels: Labels;
  readonly values: Float64Array;
  readonly present: Uint8Array;
  /** Whether the name goes when the answer is given (or an operation needs to know): Prometheus 3 drops names late. */
  readonly dropsName: boolean;
}

/** What keeps a question from taking everything. */
export interface QueryLimits {
  /** Samples read or held at once. */
  readonly samples: number;
  /** Milliseconds for which a sample counts as the present value. */
  readonly lookback: number;
  /** Step of subqueries that do not say theirs, in milliseconds. */
  readonly subqueryStep: number;
}

/** What an evaluation needs beside the expression. */
export interface EvaluationContext {
  /** What the expression was parsed from; warnings and infos name their place in it. */
  readonly text: string;
  readonly queryable: Queryable;
  readonly limits: QueryLimits;
  readonly signal: AbortSignal;
}

/** What whoever asked should know of the answer: Prometheus's warnings and infos, each once, with their position told. */
export interface Annotations {
  warn(message: string, at?: Position): void;
  info(message: string, at?: Position): void;
}

/** The samples of a series as they are: the answer to a range selector asked for once. */
export interface RawSeries {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** An answer. Over several steps scalars and vectors are columns over them; strings and matrices are answers of instant questions only. */
export type Answer = {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  /** Samples read, for `stats`, and the most held at once. */
  readonly samples: number;
  readonly peakSamples: number;
} & (
  | { readonly type: 'scalar'; readonly values: Float64Array }
  | { readonly type: 'string'; readonly value: string }
  /** Of an instant question, in the order of sort functions where they stand outermost (`ordered`). */
  | { readonly type: 'vector'; readonly columns: readonly Column[]; readonly ordered: boolean }
  | { readonly type: 'matrix'; readonly series: readonly RawSeries[] }
);
