import { giveColumns, takeColumns } from './columns.ts';
import { storeBody } from './write-route.ts';
import type { WriteContext } from './write-route.ts';

/** As long as a post may take. */
const STORE_DEADLINE_MS = 20_000;

const nothing = (): undefined => undefined;

/**
 * Takes lines that the collector made itself of what it asked about a node (timestamps in milliseconds) the way of a post, to
 * every store; they do not say that the node itself is there.
 *
 * @returns a function that rejects with Transient where a required store does not have them, and with Error where lines were refused.
 */
export function ownLines(context: WriteContext): (text: Buffer, signal: AbortSignal) => Promise<void> {
  return async (text, signal) => {
    const now = context.now();
    const rules = {
      precision: 'ms',
      now,
      oldest: now - context.retention,
      newest: Number.POSITIVE_INFINITY,
      lineBytes: context.limits.line,
      admit: nothing,
      claim: nothing,
      outside: true,
    } as const;
    const until = AbortSignal.any([signal, AbortSignal.timeout(STORE_DEADLINE_MS)]);
    const columns = takeColumns();
    try {
      const { refused, refusals, byStores } = await storeBody(context, { received: text, text, gzipped: false }, rules, columns, until);
      if (refused + byStores.length > 0) throw new Error([...refusals.map(({ reason }) => reason), ...byStores].join('; '));
    } finally {
      giveColumns(columns);
    }
  };
}
