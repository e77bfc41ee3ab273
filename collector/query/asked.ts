import type { ErrorType } from '../promql/query-error.ts';
import { questionClock } from './clock.ts';
import { failureOf } from './failure.ts';
import { gateOf } from './gate.ts';
import type { Head } from './messages.ts';
import type { QuestionEvents, Questions } from './question.ts';
import { queryThreads } from './threads.ts';
import type { ThreadsStart } from './threads.ts';

/** What our own evaluator is started with. */
export interface AskedStart extends Omit<ThreadsStart, 'onRestart' | 'count' | 'patience'> {
  readonly threads: number;
  /** Questions answered at once; so many more may wait. */
  readonly concurrency: number;
  readonly waiting: number;
  /** How long a thread may be deaf before it is ended, milliseconds. */
  readonly patience?: number;
  readonly events: QuestionEvents;
}

const PATIENCE_MS = 30_000;

/** Questions answered by our own evaluator, in threads of its own. */
export function askedOf({ threads, concurrency, waiting, limits, patience = PATIENCE_MS, events, ...start }: AskedStart): Questions {
  const gate = gateOf(concurrency, waiting);
  const pool = queryThreads({ ...start, limits, patience, count: threads, onRestart: () => events.threadRestarted() });

  return {
    async ask(question, signal) {
      const clock = questionClock(signal, limits.timeout);
      const over = (failure: ErrorType | undefined): void => {
        const type = clock.signal.aborted ? failureOf(clock.signal.reason).type : failure;
        events.asked(question.route, clock.stop(), type);
      };
      let leave: (() => void) | undefined;
      let thread;
      try {
        leave = await gate.enter(clock.signal);
        thread = pool.pick();
      } catch (error) {
        leave?.();
        over(failureOf(error).type);
        throw error;
      }
      const { left: timeout, waited } = clock.evaluating();
      const { head, parts } = await thread.ask(question, {
        timeout,
        waited,
        signal: clock.signal,
        onHead: () => clock.taking(),
        onEnd({ samples, failure }) {
          leave?.();
          events.read(samples);
          over(failure);
        },
      });
      return { status: head.status, headers: headersOf(head), parts, failure: head.failure };
    },
    get running() {
      return gate.inside;
    },
    get waiting() {
      return gate.waiting;
    },
    close: () => pool.close(),
  };
}

function headersOf({ gzip, length }: Head): Record<string, string> {
  return {
    'content-type': 'application/json',
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    ...(length === undefined ? {} : { 'content-length': String(length) }),
  };
}
