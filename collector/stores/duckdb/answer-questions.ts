import type { MessagePort } from 'node:worker_threads';
import { messageOf } from '../../../agent/contract/errors.ts';
import { QueryError } from '../../promql/query-error.ts';
import type { Asked, Piece, Told } from './ask-messages.ts';
import { findLabelNames, findLabelValues, findSeries } from './find-series.ts';
import { selectPieces } from './select-pieces.ts';
import type { Answering } from './select-pieces.ts';

/** Names or label texts that are told at a time. */
const TEXTS = 20_000;

interface Open {
  readonly controller: AbortController;
  /** Pieces that are wanted and have not been told. */
  wanted: number;
  more: () => void;
}

/**
 * Answers what comes through the port until it is closed. Samples are told a piece at a time, each when it is wanted, so that
 * whoever is slow holds no more than two. What is returned gives every question up.
 */
export function answerQuestions(port: MessagePort, answering: Answering): () => void {
  const open = new Map<number, Open>();

  const tell = (told: Told, transfer: readonly ArrayBuffer[] = []): void => port.postMessage(told, transfer);
  const wanted = async (one: Open): Promise<void> => {
    while (one.wanted === 0) await new Promise<void>((resolve) => (one.more = resolve));
    one.controller.signal.throwIfAborted();
    one.wanted--;
  };

  const tellSamples = async (id: number, asked: Extract<Asked, { kind: 'select' }>, one: Open): Promise<void> => {
    const pieces = selectPieces(answering, asked.selection, one.controller.signal);
    for (let isLast = false; !isLast;) {
      await wanted(one);
      const { value, done } = await pieces.next();
      isLast = done === true || value.last;
      if (done === true) tell({ kind: 'texts', id, texts: [], last: true });
      else tell({ kind: 'samples', id, piece: value.piece, last: isLast }, buffersOf(value.piece));
    }
  };
  const tellTexts = async (id: number, texts: readonly string[], one: Open): Promise<void> => {
    for (let at = 0; at === 0 || at < texts.length; at += TEXTS) {
      await wanted(one);
      tell({ kind: 'texts', id, texts: texts.slice(at, at + TEXTS), last: at + TEXTS >= texts.length });
    }
  };
  const answer = async (asked: Exclude<Asked, { kind: 'more' | 'cancel' }>, one: Open): Promise<void> => {
    const { signal } = one.controller;
    switch (asked.kind) {
      case 'select':
        return tellSamples(asked.id, asked, one);
      case 'series': {
        const found = await findSeries(answering, asked.question, signal);
        return tellTexts(
          asked.id,
          found.flatMap(({ name, labelText }) => [name, labelText]),
          one,
        );
      }
      case 'names':
        return tellTexts(asked.id, await findLabelNames(answering, asked.question, signal), one);
      case 'values':
      default:
        return tellTexts(asked.id, await findLabelValues(answering, asked.label, asked.question, signal), one);
    }
  };
  const begin = (asked: Exclude<Asked, { kind: 'more' | 'cancel' }>): void => {
    const one: Open = { controller: new AbortController(), wanted: 1, more: () => undefined };
    open.set(asked.id, one);
    answer(asked, one)
      .catch((error: unknown) => {
        if (one.controller.signal.aborted) return;
        const type = error instanceof QueryError ? error.type : 'internal';
        tell({ kind: 'failed', id: asked.id, type, message: messageOf(error) });
      })
      .finally(() => open.delete(asked.id));
  };
  const cancel = (one: Open | undefined): void => {
    one?.controller.abort();
    if (one !== undefined) one.wanted++;
    one?.more();
  };

  port.on('message', (asked: Asked) => {
    if (asked.kind === 'cancel') cancel(open.get(asked.id));
    else if (asked.kind === 'more') {
      const one = open.get(asked.id);
      if (one !== undefined) one.wanted++;
      one?.more();
    } else begin(asked);
  });
  const end = (): void => {
    for (const one of open.values()) cancel(one);
  };
  port.on('close', end);
  return () => {
    port.close();
    end();
  };
}

function buffersOf({ ends, times, values, buckets }: Piece): ArrayBuffer[] {
  const { counts, sums, mins, maxs } = buckets ?? {};
  return [...new Set([ends, times, values, counts, sums, mins, maxs].flatMap((column) => column?.buffer ?? []))];
}
