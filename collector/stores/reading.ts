import type { TransferListItem } from 'node:worker_threads';
import type { Queryable } from '../promql/queryable.ts';

/** How a store is asked in PromQL. Questions are answered in a thread of their own, so that samples never pass the collector's event loop. */
export type Reading =
  /** By our evaluator: the thread imports the module and opens it with what stands in `opening`, which is passed as a message. */
  | {
      readonly kind: 'queryable';
      /** URL of a module that exports `openQueryable` ({@link OpenQueryable}). */
      readonly module: string;
      readonly opening: unknown;
      readonly transfer: readonly TransferListItem[];
    }
  /** By the store itself: questions to `/api/v1/…` go there and answers come back as they are. */
  | { readonly kind: 'proxy'; readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** Opens what a store's `opening` tells; the thread calls it once. */
export type OpenQueryable<Opening> = (opening: Opening) => Promise<Queryable>;
