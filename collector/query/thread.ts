import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { hasCode, messageOf } from '../../agent/contract/errors.ts';
import { QueryError } from '../promql/query-error.ts';
import type { Reading } from '../stores/reading.ts';
import { arriving } from './arriving.ts';
import type { Arriving } from './arriving.ts';
import { failureOf } from './failure.ts';
import type { Ending, FromThread, Head, ThreadData, ToThread } from './messages.ts';
import type { Question, QuestionLimits } from './question.ts';

/** What a question is asked with. */
export interface Asking {
  /** Milliseconds that it may take, and that it has waited before. */
  readonly timeout: number;
  readonly waited: number;
  /** Ends it, with the signal's reason, until its parts have been taken whole. */
  readonly signal: AbortSignal;
  /** Told when the answer stands. */
  readonly onHead: () => void;
  /** Told once, when the thread is done with it or has ended; where `ask` throws, too. */
  readonly onEnd: (ending: Ending) => void;
}

/** A thread that answers questions. */
export interface QueryThread {
  /** @throws QueryError `internal` where the thread ends before it has answered, `unavailable` where its store cannot be asked. */
  ask(question: Question, asking: Asking): Promise<{ readonly head: Head; readonly parts: AsyncIterable<Uint8Array> }>;
  /** Questions that it has. */
  readonly questions: number;
  terminate(): Promise<void>;
}

/** What a thread is started with. */
export interface ThreadStart {
  readonly reading: Extract<Reading, { kind: 'queryable' }>;
  readonly limits: QuestionLimits;
  /** How long it may take to notice that a question is not wanted any more, milliseconds. */
  readonly patience: number;
  /** Told once, when it has ended without being asked to. */
  readonly onEnd: (error: QueryError) => void;
}

/** What JavaScript's own heap may grow to: labels and texts. Samples lie beside it, in typed arrays, and have `limits.memory`. */
const OLD_HEAP_MB = 512;
const YOUNG_HEAP_MB = 64;

/** Starts a thread. */
export function startQueryThread({ reading, limits, patience, onEnd }: ThreadStart): QueryThread {
  const workerData: ThreadData = { module: reading.module, opening: reading.opening, limits };
  const worker = new Worker(threadFile(), {
    name: 'query',
    workerData,
    transferList: [...reading.transfer],
    resourceLimits: { maxOldGenerationSizeMb: OLD_HEAP_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
  });
  const asked = new Map<number, { readonly answer: Arriving; readonly end: (ending: Ending) => void }>();
  let next = 1;
  let ended: QueryError | undefined;

  const send = (message: ToThread, transfer: ArrayBuffer[] = []): void => worker.postMessage(message, transfer);
  const end = (failure: QueryError): void => {
    ended = failure;
    const all = [...asked.values()];
    asked.clear();
    for (const one of all) {
      one.answer.fail(failure);
      one.end(endingOf(failure));
    }
  };
  const die = (failure: QueryError): void => {
    if (ended !== undefined) return;
    end(failure);
    onEnd(failure);
    void worker.terminate();
  };

  worker.on('message', (message: FromThread) => {
    if (message.kind === 'unusable') die(new QueryError('unavailable', message.error));
    else asked.get(message.id)?.answer.take(message);
  });
  worker.on('error', (error) => die(new QueryError('internal', `the thread that answers questions ended: ${reasonOf(error)}`)));
  worker.on('exit', (code) => die(new QueryError('internal', `the thread that answers questions ended with code ${code}`)));

  return {
    async ask(question, { timeout, waited, signal, onHead, onEnd: onAnswered }) {
      if (ended !== undefined || signal.aborted) {
        const failure = failureOf(ended ?? signal.reason);
        onAnswered(endingOf(failure));
        throw failure;
      }
      const id = next++;
      let watch: NodeJS.Timeout | undefined;
      const cancel = (): void => {
        if (!asked.has(id) || watch !== undefined) return;
        send({ kind: 'cancel', id });
        const hung = `the thread that answers questions has not listened for ${patience / 1000} s and was ended`;
        watch = setTimeout(() => die(new QueryError('internal', hung)), patience);
      };
      const abort = (): void => {
        answer.fail(signal.reason);
        cancel();
      };
      const finish = (ending: Ending): void => {
        asked.delete(id);
        clearTimeout(watch);
        signal.removeEventListener('abort', abort);
        onAnswered(ending);
      };
      const answer = arriving({ begun: onHead, wanted: () => send({ kind: 'more', id }), dropped: cancel, ended: finish });
      asked.set(id, { answer, end: finish });
      signal.addEventListener('abort', abort, { once: true });
      send({ kind: 'ask', id, question, timeout, waited }, question.form === undefined ? [] : [question.form.buffer]);
      return { head: await answer.head, parts: answer.parts };
    },
    get questions() {
      return asked.size;
    },
    async terminate() {
      if (ended === undefined) end(new QueryError('unavailable', 'the collector is stopping'));
      await worker.terminate();
    },
  };
}

function endingOf({ type, message }: QueryError): Ending {
  return { samples: 0, failure: type, broken: message };
}

function reasonOf(error: unknown): string {
  return hasCode(error, 'ERR_WORKER_OUT_OF_MEMORY') ? 'it needed more memory than it may have' : messageOf(error);
}

// Node 20 runs no TypeScript: from the sources (under a test runner) the built file is taken.
function threadFile(): string {
  const here = fileURLToPath(new URL('query-thread.js', import.meta.url));
  if (existsSync(here)) return here;
  return fileURLToPath(new URL('../../dist/collector/query/query-thread.js', import.meta.url));
}
