import type { MessagePort } from 'node:worker_threads';
import { QueryError } from '../../promql/query-error.ts';
import type { Asked, Told } from './ask-messages.ts';

/** A question without its number. */
export type Question = Asked extends infer One
  ? One extends { kind: 'more' | 'cancel' }
    ? never
    : Omit<One & { id: number }, 'id'>
  : never;

/** What is told of samples and texts; failures are thrown. */
export type Answer = Exclude<Told, { kind: 'failed' }>;

/**
 * Asks; answers come piece by piece, each asked for when the one before it has come, so that the store makes one while another is
 * looked at. Whoever stops early gives the rest up.
 *
 * @throws QueryError as the store says, or `unavailable` where it has gone; the signal's reason when it aborts.
 */
export type AskStore = (question: Question, signal: AbortSignal) => AsyncIterable<Answer>;

interface Waiting {
  readonly come: Told[];
  wake: () => void;
}

/** A way to ask the store's thread, which is at the port's other end. */
export function askStore(port: MessagePort): AskStore {
  const asked = new Map<number, Waiting>();
  let next = 1;
  let isClosed = false;

  const send = (message: Asked): void => port.postMessage(message);
  port.on('message', (told: Told) => {
    const waiting = asked.get(told.id);
    waiting?.come.push(told);
    waiting?.wake();
  });
  port.on('close', () => {
    isClosed = true;
    for (const { wake } of asked.values()) wake();
  });
  // Whoever asks keeps the thread alive, not the way to ask.
  port.unref();

  return async function* ask(question, signal) {
    signal.throwIfAborted();
    const id = next++;
    const waiting: Waiting = { come: [], wake: () => undefined };
    const abort = (): void => waiting.wake();
    asked.set(id, waiting);
    if (asked.size === 1) port.ref();
    signal.addEventListener('abort', abort, { once: true });
    let isDone = false;
    try {
      send({ ...question, id });
      while (!isDone) {
        signal.throwIfAborted();
        const told = waiting.come.shift();
        if (told === undefined) {
          if (isClosed) throw new QueryError('unavailable', 'the embedded store is closed');
          await new Promise<void>((resolve) => (waiting.wake = resolve));
          continue;
        }
        isDone = told.kind === 'failed' || told.last;
        if (told.kind === 'failed') throw new QueryError(told.type, told.message);
        if (!told.last) send({ kind: 'more', id });
        yield told;
      }
    } finally {
      signal.removeEventListener('abort', abort);
      asked.delete(id);
      if (asked.size === 0) port.unref();
      if (!isDone && !isClosed) send({ kind: 'cancel', id });
    }
  };
}
