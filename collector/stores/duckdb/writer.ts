import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { builtFile } from './built-file.ts';
import type { Answer, Asker, Call, Notice, PartitionCalls, ThreadData } from './messages.ts';

/** The writing thread as it looks from outside: its calls, each answered by a promise. A thread that dies rejects them all. */
export interface Writer extends PartitionCalls {
  /** Tells the thread, which looks at it before it does anything that it is asked behind it. */
  tell(notice: Notice): void;
  /** Lets somebody ask the thread through this port. */
  letAsk(port: MessagePort): void;
  /** Ends the thread, whatever it does. */
  terminate(): Promise<void>;
}

/** Starts the thread. `onExit` is told once it has ended without being asked to. */
export function startWriter(onExit: (error: Error) => void): Writer {
  const notices = new MessageChannel();
  const data: ThreadData = { notices: notices.port2 };
  const worker = new Worker(builtFile('writer-thread'), { workerData: data, transferList: [notices.port2] });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 1;
  let ended: Error | undefined;

  const end = (error: Error): void => {
    if (ended !== undefined) return;
    ended = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    onExit(error);
  };
  worker.on('message', ({ call, result, error }: Answer) => {
    const caller = waiting.get(call);
    waiting.delete(call);
    if (error === undefined) caller?.resolve(result);
    else caller?.reject(new Error(error));
  });
  worker.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', (code) => end(new Error(`the thread that writes DuckDB ended with code ${code}`)));

  const ask = (method: keyof PartitionCalls, args: readonly unknown[]): Promise<never> => {
    if (ended !== undefined) return Promise.reject(ended);
    const call = next++;
    return new Promise((resolve, reject) => {
      waiting.set(call, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage({ call, method, args } satisfies Call);
    });
  };

  return {
    open: (...args) => ask('open', args),
    flush: (...args) => ask('flush', args),
    letAsk: (port) => worker.postMessage({ asker: port } satisfies Asker, [port]),
    tell: (notice) => notices.port1.postMessage(notice),
    drop: (...args) => ask('drop', args),
    seal: (...args) => ask('seal', args),
    sealDue: (...args) => ask('sealDue', args),
    close: () => ask('close', []),
    async terminate() {
      ended ??= new Error('the store is closed');
      notices.port1.close();
      await worker.terminate();
    },
  };
}
