import { QueryError } from '../promql/query-error.ts';
import type { Queryable } from '../promql/queryable.ts';
import { answer } from './answer.ts';
import { failureOf, failureText, statusOf } from './failure.ts';
import { memoryGuard } from './memory-guard.ts';
import { WINDOW } from './messages.ts';
import type { Ending, FromThread, ToThread } from './messages.ts';
import { pack } from './pack.ts';
import { parametersOf } from './parameters.ts';
import type { QuestionLimits } from './question.ts';

type Ask = Extract<ToThread, { kind: 'ask' }>;
type Part = Omit<Extract<FromThread, { kind: 'part' }>, 'kind' | 'id'>;

/** Sends a message away, and its bytes with it. */
export type Post = (message: FromThread, transfer: readonly ArrayBuffer[]) => void;

interface Running {
  readonly aborter: AbortController;
  /** Parts that may be sent now. */
  room: number;
  /** Wakes whoever waits for room. */
  wake: () => void;
}

/** Answers questions, many at a time, and takes messages about them; `queryable` may still be opening. */
export function answering(queryable: Promise<Queryable>, limits: QuestionLimits, post: Post): (message: ToThread) => void {
  const running = new Map<number, Running>();
  const guard = memoryGuard(limits.memory);

  const run = async ({ id, question, timeout, waited }: Ask): Promise<void> => {
    const aborter = new AbortController();
    const { signal } = aborter;
    const one: Running = { aborter, room: WINDOW, wake: () => undefined };
    running.set(id, one);
    const holder = { samples: 0, end: (failure: QueryError) => aborter.abort(failure) };
    const letGo = guard.hold(holder);
    const send = (part: Part): void => post({ kind: 'part', id, ...part }, part.bytes === undefined ? [] : [part.bytes.buffer]);
    let clock: NodeJS.Timeout | undefined;
    let hasBegun = false;
    try {
      const parameters = parametersOf(question.search, question.form);
      const allowed = Math.min(timeout, Math.max(0, parameters.duration('timeout') ?? timeout));
      clock = setTimeout(() => aborter.abort(new QueryError('timeout', 'query timed out in expression evaluation')), allowed);
      const open = guard.watched(await unlessAborted(queryable, signal), holder);
      const pieces = await unlessAborted(answer({ question, parameters, queryable: open, limits, signal, waited }), signal);
      clearTimeout(clock);
      const { gzip, length, parts } = await pack(pieces, question.gzip);
      const head = { status: 200, gzip, length, failure: undefined };
      const end = (): Ending => ({ samples: holder.samples, failure: undefined, broken: undefined });
      for await (const bytes of parts) {
        await room(one);
        if (length !== undefined) return send({ head, bytes, end: end() });
        send(hasBegun ? { bytes } : { head, bytes });
        hasBegun = true;
      }
      send(hasBegun ? { end: end() } : { head, end: end() });
    } catch (error) {
      const failure = failureOf(error);
      const bytes = new TextEncoder().encode(failureText(failure));
      const head = { status: statusOf(failure.type), gzip: false, length: bytes.length, failure: failure.type };
      const end = { samples: holder.samples, failure: failure.type, broken: hasBegun ? failure.message : undefined };
      send(hasBegun ? { end } : { head, bytes, end });
    } finally {
      clearTimeout(clock);
      letGo();
      running.delete(id);
    }
  };

  return (message) => {
    if (message.kind === 'ask') {
      void run(message);
      return;
    }
    const one = running.get(message.id);
    if (one === undefined) return;
    if (message.kind === 'cancel') return one.aborter.abort(new QueryError('canceled', 'query was canceled in expression evaluation'));
    one.room++;
    one.wake();
  };
}

async function room(one: Running): Promise<void> {
  const { signal } = one.aborter;
  while (one.room === 0) {
    await unlessAborted(new Promise<void>((resolve) => (one.wake = resolve)), signal);
  }
  signal.throwIfAborted();
  one.room--;
}

// Whoever waits is let go at once; what works for them ends when it looks at the signal.
function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason is whoever aborted's
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
