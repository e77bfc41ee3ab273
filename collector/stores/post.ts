import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AgentOptions } from 'node:https';
import { hasCode, Transient } from '../../agent/contract/errors.ts';

/** What a server answered, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body, at most its first 64 KiB unless more was asked for. */
  readonly text: string;
}

/** One request to the server of a {@link Connections}. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  /** Sent one after the other as one body. */
  readonly body: readonly Uint8Array[];
}

/** Kept-alive connections to one server. */
export interface Connections {
  /** Sends a request that may safely arrive twice. Throws Transient where no answer comes: unreachable, cut, too slow, aborted. */
  send(request: Request, signal: AbortSignal): Promise<Answer>;
  /** Cuts every connection. */
  close(): void;
}

const ANSWER_BYTES = 65_536;

/** How a server is connected to. */
export interface ConnectionOptions {
  /** Connections at once. */
  readonly most: number;
  /** Milliseconds that a request may take. */
  readonly deadlineMs: number;
  /** What of an answer is kept. */
  readonly answerBytes?: number;
  /** What certificate is taken, for https. */
  readonly tls?: AgentOptions;
}

/** Opens nothing yet: connections are made when they are needed. */
export function connections({ most, deadlineMs, answerBytes = ANSWER_BYTES, tls = {} }: ConnectionOptions): Connections {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: most }),
    'https:': new HttpsAgent({ ...tls, keepAlive: true, maxSockets: most }),
  };

  const once = (request: Request, signal: AbortSignal): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const secure = request.url.protocol === 'https:';
      const length = request.body.reduce((sum, part) => sum + part.length, 0);
      const sent = (secure ? httpsRequest : httpRequest)(request.url, {
        method: request.method,
        headers: request.method === 'POST' ? { ...request.headers, 'content-length': length } : request.headers,
        agent: secure ? agents['https:'] : agents['http:'],
        signal,
      });
      const deadline = setTimeout(() => sent.destroy(tooSlow(deadlineMs)), deadlineMs);
      const fail = (error: unknown): void => {
        clearTimeout(deadline);
        reject(sent.reusedSocket && hasCode(error, 'ECONNRESET', 'EPIPE') ? new StaleConnection() : asError(error));
      };
      sent.on('error', fail);
      sent.on('response', (response) => {
        const parts: Buffer[] = [];
        let held = 0;
        response.on('data', (part: Buffer) => {
          if (held < answerBytes) parts.push(part.subarray(0, answerBytes - held));
          held += part.length;
        });
        response.on('error', fail);
        response.on('end', () => {
          clearTimeout(deadline);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(parts).toString() });
        });
      });
      for (const part of request.body) sent.write(part);
      sent.end();
    });

  return {
    async send(request, signal) {
      // A server that was restarted has closed what is kept alive here; each such connection fails only once.
      for (let tries = 0; ; tries++) {
        try {
          return await once(request, signal);
        } catch (error) {
          if (error instanceof StaleConnection && tries < most) continue;
          throw new Transient(request.url.origin, { cause: error });
        }
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** A kept-alive connection that the server had closed before the request reached it. */
class StaleConnection extends Error {
  override readonly name = 'StaleConnection';
  constructor() {
    super('the connection was closed');
  }
}

function tooSlow(deadlineMs: number): Error {
  return Object.assign(new Error(`no answer within ${deadlineMs / 1000} s`), { code: 'ETIMEDOUT' });
}

function asError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  // A name with several addresses fails with an AggregateError whose own message is empty.
  if (error.message === '' && 'code' in error) return new Error(String(error.code), { cause: error });
  return error;
}
