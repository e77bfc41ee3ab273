import type * as Http from 'node:http';
import { messageOf, Transient } from '../contract/errors.ts';

/** What a server answered. */
export interface Answer {
  readonly status: number;
  /** The beginning of the body, on one line. */
  readonly text: string;
  /** The pause it asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** Posts to one URL over a connection that is kept. */
export interface Poster {
  /** Sends and waits for the answer; throws Transient where none comes within the deadline or the connection fails. */
  post(payload: Uint8Array, headers: Readonly<Record<string, string>>, deadlineMs: number, signal: AbortSignal): Promise<Answer>;
  close(): void;
}

const SHOWN_BYTES = 200;

/** A poster for an http or https URL; the TLS code is loaded only for the latter. */
export async function openPoster(url: URL): Promise<Poster> {
  const http: Pick<typeof Http, 'Agent' | 'request'> = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  // One connection for live batches, one for the backlog behind them.
  const connections = new http.Agent({ keepAlive: true, maxSockets: 2, maxFreeSockets: 2 });

  const once = (payload: Uint8Array, headers: Readonly<Record<string, string>>, deadlineMs: number, signal: AbortSignal): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const request = http.request(url, {
        method: 'POST',
        agent: connections,
        headers: { ...headers, 'Content-Length': payload.length },
        signal,
      });
      // HTTP/1.1 keeps a connection unless told otherwise.
      request.removeHeader('Connection');
      const late = setTimeout(() => request.destroy(new Error(`no answer within ${deadlineMs / 1000} s`)), deadlineMs);
      const fail = (error: unknown): void => {
        clearTimeout(late);
        reject(new LostConnection(messageOf(error), request.reusedSocket && isReset(error)));
      };
      request.on('error', fail);
      request.on('response', (response) => {
        const parts: Buffer[] = [];
        let kept = 0;
        response.on('error', fail);
        response.on('data', (part: Buffer) => {
          if (kept < SHOWN_BYTES) parts.push(part);
          kept += part.length;
        });
        response.on('end', () => {
          clearTimeout(late);
          const text = Buffer.concat(parts).subarray(0, SHOWN_BYTES).toString('utf8');
          const retryAfterMs = retryAfter(response.headers['retry-after'], Date.now());
          resolve({ status: response.statusCode ?? 0, text: text.replaceAll(/\s+/g, ' ').trim(), retryAfterMs });
        });
      });
      request.end(payload);
    });

  return {
    async post(payload, headers, deadlineMs, signal) {
      try {
        return await once(payload, headers, deadlineMs, signal);
      } catch (error) {
        // The server closed the idle connection just as it was used again; a fresh one tells whether anything is wrong.
        if (!(error instanceof LostConnection && error.wasIdle) || signal.aborted) throw error;
        return await once(payload, headers, deadlineMs, signal);
      }
    },
    close: () => connections.destroy(),
  };
}

/** The connection broke or could not be made. */
class LostConnection extends Transient {
  readonly wasIdle: boolean;
  constructor(message: string, wasIdle: boolean) {
    super(message);
    this.wasIdle = wasIdle;
  }
}

function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** Milliseconds of a Retry-After header (RFC 9110 §10.2.3): seconds, or a date. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
