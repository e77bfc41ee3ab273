import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../agent/contract/errors.ts';
import type { OpenQueryable } from '../stores/reading.ts';
import { answering } from './answering.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';

// The thread that answers questions: everything of them happens here, but for the store's own reading and passing bytes on.

const { module, opening, limits } = workerData as ThreadData;
const port = parentPort;
if (port === null) throw new Error('this is a thread of the collector; it is not run by itself');

const post = (message: FromThread, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(message, [...transfer]);

async function open(): ReturnType<OpenQueryable<unknown>> {
  const { openQueryable } = (await import(module)) as { readonly openQueryable: OpenQueryable<unknown> };
  return openQueryable(opening);
}

const queryable = open();
queryable.catch((error: unknown) => post({ kind: 'unusable', error: messageOf(error) }));
port.on('message', answering(queryable, limits, post) satisfies (message: ToThread) => void);
