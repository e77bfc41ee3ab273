import { Permanent, Transient } from '../../agent/contract/errors.ts';
import type { Answer } from './post.ts';

// Refused for what the lines say: 400 by every InfluxDB, 413 and 422 by 2.x
// (docs.influxdata.com/influxdb/v2/write-data/troubleshoot). Anything else may pass once someone has mended something.
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 422]);

/**
 * Accepts the answer to a write, or throws what it means: Permanent where the server refused lines for good, Transient
 * for everything else.
 */
export function judge(answer: Answer, where: string): void {
  if (answer.status >= 200 && answer.status < 300) return;
  const message = `${where} answered ${answer.status}: ${reasonOf(answer)}`;
  if (REFUSALS.has(answer.status) && !isPage(answer)) throw new Permanent(message);
  throw new Transient(message, { retryAfterMs: retryAfterMs(answer.headers['retry-after']) });
}

// Proxies in between say 400 and 413 too, for reasons of their own, with a page for people.
function isPage(answer: Answer): boolean {
  return answer.text.trimStart().startsWith('<');
}

/** What a server gave as its reason, on one line. */
export function reasonOf(answer: Answer): string {
  return (jsonReason(answer.text) ?? answer.text).replace(/\s+/g, ' ').trim().slice(0, 500) || 'no reason given';
}

function jsonReason(text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Not every server speaks JSON; its text is the reason then.
    return undefined;
  }
  if (typeof body !== 'object' || body === null) return undefined;
  // 1.x says `error`, 2.x and 3 `message`.
  if ('error' in body && typeof body.error === 'string') return body.error;
  if ('message' in body && typeof body.message === 'string') return body.message;
  return undefined;
}

/** Milliseconds of a Retry-After header (RFC 9110 §10.2.3: seconds or a date); undefined where there is none to understand. */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
