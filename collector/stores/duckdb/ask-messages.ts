import type { MessagePort } from 'node:worker_threads';
import type { Selection, SeriesQuestion } from '../../promql/queryable.ts';
import type { ErrorType } from '../../promql/query-error.ts';

/** What the embedded store's `openQueryable` is opened with. */
export interface DuckdbOpening {
  /** Leads to the store's thread. */
  readonly port: MessagePort;
}

/** What is asked of the store's thread; `id` is the asker's. */
export type Asked =
  | { readonly kind: 'select'; readonly id: number; readonly selection: Selection }
  | { readonly kind: 'series'; readonly id: number; readonly question: SeriesQuestion }
  | { readonly kind: 'names'; readonly id: number; readonly question: SeriesQuestion }
  | { readonly kind: 'values'; readonly id: number; readonly label: string; readonly question: SeriesQuestion }
  /** The next piece is wanted; the first is wanted by asking. */
  | { readonly kind: 'more'; readonly id: number }
  /** Nothing more is wanted. */
  | { readonly kind: 'cancel'; readonly id: number };

/** What it answers: pieces as they are wanted, `last` with the last one, or what went wrong. */
export type Told =
  | { readonly kind: 'samples'; readonly id: number; readonly piece: Piece; readonly last: boolean }
  | { readonly kind: 'texts'; readonly id: number; readonly texts: readonly string[]; readonly last: boolean }
  | { readonly kind: 'failed'; readonly id: number; readonly type: ErrorType; readonly message: string };

/** Samples of some series, each whole. */
export interface Piece {
  /** Name and label text of each, in turn. */
  readonly series: readonly string[];
  /** By series: where its samples end; they begin where those of the series before it end. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly times: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  /** By place of the series: when it counts as gone, for those that do. */
  readonly staleAt: ReadonlyMap<number, readonly number[]>;
  readonly buckets: PieceBuckets | undefined;
}

/** The buckets that the samples stand for, in the same places. */
export interface PieceBuckets {
  /** Milliseconds. */
  readonly resolution: number;
  readonly counts: Float64Array<ArrayBuffer>;
  readonly sums: Float64Array<ArrayBuffer>;
  readonly mins: Float64Array<ArrayBuffer>;
  readonly maxs: Float64Array<ArrayBuffer>;
}
