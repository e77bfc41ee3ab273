import type { ErrorType } from '../promql/query-error.ts';

/** What can be asked of a store: the routes of Prometheus's HTTP API (prometheus.io/docs/prometheus/latest/querying/api) that read it, or need the parser. */
export const routes = ['query', 'query_range', 'series', 'labels', 'label_values', 'format_query'] as const;

/** One of {@link routes}. */
export type Route = (typeof routes)[number];

/** A question as it came over HTTP; its parameters are read where it is answered. */
export interface Question {
  readonly route: Route;
  /** The label of `label_values`; empty for the others. */
  readonly label: string;
  /** The URL's parameters, without the question mark. */
  readonly search: string;
  /** A form's body, which goes over to whoever answers. */
  readonly form: Uint8Array<ArrayBuffer> | undefined;
  /** Whether the answer may be packed. */
  readonly gzip: boolean;
  /** What counts as now, milliseconds since the epoch. */
  readonly now: number;
}

/** An answer on its way: its status stands, its body still comes. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The body, to be taken once. Whoever stops early gives the rest up. Throws {@link QueryError} where it ends early.
   */
  readonly parts: AsyncIterable<Uint8Array>;
  /** What went wrong, where something did; the body says it. */
  readonly failure: ErrorType | undefined;
}

/** Where questions are asked. */
export interface Questions {
  /**
   * Asks. The signal ends the question for as long as its body has not been taken whole.
   *
   * @throws QueryError where nobody could answer; the signal's reason where it aborts.
   */
  ask(question: Question, signal: AbortSignal): Promise<Reply>;
  /** Questions being answered, and those that wait for their turn. */
  readonly running: number;
  readonly waiting: number;
  /** Gives every question up. */
  close(): Promise<void>;
}

/** What keeps questions from taking everything. */
export interface QuestionLimits {
  /** Milliseconds that a question may take; it may itself ask for less. */
  readonly timeout: number;
  /** Samples that one may read or hold at once. */
  readonly samples: number;
  /** Milliseconds for which a sample counts as the present value, unless the question says otherwise. */
  readonly lookback: number;
  /** Steps of a range question. */
  readonly points: number;
  /** Bytes that all questions of a thread may hold. */
  readonly memory: number;
}

/** What happens to questions, for the collector's own metrics. */
export interface QuestionEvents {
  /** One has been answered whole, or has failed; `seconds` since it came. */
  asked(route: Route, seconds: number, failure: ErrorType | undefined): void;
  /** Samples that one has read. */
  read(samples: number): void;
  /** A thread that answers was started in place of one that ended. */
  threadRestarted(): void;
}
