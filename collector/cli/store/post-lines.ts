import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Precision } from '../../../agent/contract/precision.ts';
import { HISTORY_HEADER } from '../../ingest/write-route.ts';

/** Where lines are posted. */
export interface PostTarget {
  readonly url: string;
  /** Undefined where nobody needs one. */
  readonly token: string | undefined;
}

/** What became of a batch. */
export interface Posted {
  readonly refused: number;
  /** Why, of the first few: the line's place in the batch, from 1. */
  readonly reasons: readonly { readonly line: number; readonly reason: string }[];
}

const DEADLINE_MS = 60_000;
/** How often a collector that is behind is asked again. */
const ATTEMPTS = 60;

/** Posts lines as history; waits for a collector that is behind. @throws Error where it does not take them. */
export async function postLines({ url, token }: PostTarget, lines: readonly string[], precision: Precision): Promise<Posted> {
  const body = gzipSync(`${lines.join('\n')}\n`, { level: 1 });
  const address = new URL(`write?precision=${precision}`, url.endsWith('/') ? url : `${url}/`);
  const headers = {
    'content-encoding': 'gzip',
    [HISTORY_HEADER]: '1',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(address, { method: 'POST', body, headers, signal: AbortSignal.timeout(DEADLINE_MS) });
    const text = await answer.text();
    if (answer.ok) return { refused: 0, reasons: [] };
    const message = messageIn(text);
    if (answer.status === 400 && message.startsWith('partial write')) return refusalsIn(message);
    if ((answer.status !== 503 && answer.status !== 429) || attempt === ATTEMPTS)
      throw new Error(`${address.origin} answers ${answer.status}: ${message}`);
    await sleep(Number(answer.headers.get('retry-after') ?? 1) * 1000);
  }
}

function messageIn(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'error' in body) return String(body.error);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return text.trim();
}

// In the words of the write route.
function refusalsIn(message: string): Posted {
  const [, count] = /^partial write: (\d+) /.exec(message) ?? [];
  const told = message.replace(/^.*? the rest is stored: /s, '').split(/; (?=line \d+: )/);
  const reasons = told.flatMap((one) => {
    const [, line, reason = ''] = /^line (\d+): (.*?)(?:; and \d+ more)?$/s.exec(one) ?? [];
    return line === undefined ? [] : [{ line: Number(line), reason }];
  });
  return { refused: Number(count ?? reasons.length), reasons };
}
