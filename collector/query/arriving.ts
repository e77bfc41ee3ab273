import { QueryError } from '../promql/query-error.ts';
import type { Ending, FromThread, Head } from './messages.ts';

/** An answer as it arrives from a thread, for one who takes it at leisure. */
export interface Arriving {
  /** Rejects where the answer fails before it begins. */
  readonly head: Promise<Head>;
  /** To be taken once. */
  readonly parts: AsyncIterable<Uint8Array>;
  take(message: Extract<FromThread, { kind: 'part' }>): void;
  /** Nothing more comes. What has come and was not taken yet is dropped. */
  fail(reason: unknown): void;
}

/** Whoever is told how it goes. */
export interface ArrivingEvents {
  begun(): void;
  /** A part has been taken, and there is room for another. */
  wanted(): void;
  /** Its taker wants no more of it. */
  dropped(): void;
  ended(ending: Ending): void;
}

/** An answer of which nothing has arrived yet. */
export function arriving(events: ArrivingEvents): Arriving {
  let begin: ((head: Head) => void) | undefined;
  let refuse: ((reason: unknown) => void) | undefined;
  const head = new Promise<Head>((resolve, reject) => {
    begin = resolve;
    refuse = reject;
  });
  // Whoever has given up before the head came does not look at it any more.
  head.catch(() => undefined);
  const queue: Uint8Array[] = [];
  let wake: (() => void) | undefined;
  let hasBegun = false;
  let done = false;
  let failed: { readonly reason: unknown } | undefined;

  async function* parts(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        // oxlint-disable-next-line typescript/only-throw-error -- the reason is whoever aborted's
        if (failed !== undefined) throw failed.reason;
        const part = queue.shift();
        if (part !== undefined) {
          if (!done) events.wanted();
          yield part;
        } else if (done) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      if (!done) events.dropped();
    }
  }

  return {
    head,
    parts: parts(),
    take({ head: begun, bytes, end }) {
      if (begun !== undefined) {
        hasBegun = true;
        events.begun();
        begin?.(begun);
      }
      if (bytes !== undefined && failed === undefined) queue.push(bytes);
      if (end !== undefined) {
        done = true;
        if (end.broken !== undefined) failed ??= { reason: new QueryError(end.failure ?? 'internal', end.broken) };
        if (!hasBegun) refuse?.(failed?.reason ?? new QueryError('internal', 'the answer ended before it began'));
        events.ended(end);
      }
      wake?.();
    },
    fail(reason) {
      failed ??= { reason };
      queue.length = 0;
      refuse?.(reason);
      wake?.();
    },
  };
}
