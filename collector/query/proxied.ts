import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { hasCode, messageOf } from '../../agent/contract/errors.ts';
import { QueryError } from '../promql/query-error.ts';
import type { ErrorType } from '../promql/query-error.ts';
import type { Reading } from '../stores/reading.ts';
import { unreachable } from '../stores/unreachable.ts';
import { questionClock } from './clock.ts';
import { failureOf, STATUS } from './failure.ts';
import { gateOf } from './gate.ts';
import type { Question, QuestionEvents, Questions } from './question.ts';

type Server = Extract<Reading, { kind: 'proxy' }>;

/** How a server that answers questions itself is asked. */
export interface ProxyStart {
  /** Asked each time: what it is asked with may change. */
  readonly server: () => Server;
  /** Questions that it gets at once; so many more may wait. */
  readonly concurrency: number;
  readonly waiting: number;
  /** Milliseconds that an answer may take. */
  readonly timeout: number;
  readonly events: QuestionEvents;
}

/** Questions passed on to a server, whose answers come back as they are. */
export function proxied({ server, concurrency, waiting, timeout, events }: ProxyStart): Questions {
  const gate = gateOf(concurrency, waiting);
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: concurrency }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: concurrency }),
  };
  let closed = false;

  const send = (question: Question, { url, headers }: Server, signal: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const target = new URL(url.replace(/\/+$/, '') + pathOf(question));
      target.search = question.search;
      const secure = target.protocol === 'https:';
      const sent = (secure ? httpsRequest : httpRequest)(target, {
        method: question.form === undefined ? 'GET' : 'POST',
        headers: {
          ...headers,
          'accept-encoding': question.gzip ? 'gzip' : 'identity',
          ...(question.form === undefined ? {} : { 'content-type': FORM, 'content-length': question.form.length }),
        },
        agent: secure ? agents['https:'] : agents['http:'],
        signal,
      });
      sent.on('error', (error) => reject(sent.reusedSocket && hasCode(error, 'ECONNRESET', 'EPIPE') ? new StaleConnection() : error));
      sent.on('response', resolve);
      sent.end(question.form);
    });
  // A server that was restarted has closed what is kept alive here; each such connection fails only once.
  const sendAgain = async (question: Question, to: Server, signal: AbortSignal): Promise<IncomingMessage> => {
    for (let tries = 0; ; tries++) {
      try {
        return await send(question, to, signal);
      } catch (error) {
        if (closed) throw new QueryError('unavailable', 'the collector is stopping');
        if (error instanceof StaleConnection && tries < concurrency) continue;
        signal.throwIfAborted();
        const why = unreachable(error) ?? messageOf(error);
        throw new QueryError('unavailable', `prometheus store ${to.url}: ${why}`, undefined, { cause: error });
      }
    }
  };

  return {
    async ask(question, signal) {
      const clock = questionClock(signal, timeout);
      let leave: (() => void) | undefined;
      const over = (failure: ErrorType | undefined): void => {
        leave?.();
        const type = clock.signal.aborted ? failureOf(clock.signal.reason).type : failure;
        events.asked(question.route, clock.stop(), type);
      };
      try {
        leave = await gate.enter(clock.signal);
        clock.evaluating();
        const answer = await sendAgain(question, server(), clock.signal);
        clock.taking();
        const status = answer.statusCode ?? 502;
        const failure = status < 400 ? undefined : typeOf(status);
        return {
          status,
          headers: kept(answer.headers),
          parts: partsOf(answer, clock.signal, (failed) => over(failed ?? failure)),
          failure,
        };
      } catch (error) {
        over(failureOf(error).type);
        throw error;
      }
    },
    get running() {
      return gate.inside;
    },
    get waiting() {
      return gate.waiting;
    },
    async close() {
      closed = true;
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

const FORM = 'application/x-www-form-urlencoded';

/** Where a question is asked, below a server's address. */
function pathOf({ route, label }: Question): string {
  return `/api/v1/${route === 'label_values' ? `label/${encodeURIComponent(label)}/values` : route}`;
}

async function* partsOf(
  answer: IncomingMessage,
  signal: AbortSignal,
  over: (failure: ErrorType | undefined) => void,
): AsyncGenerator<Uint8Array> {
  let failure: ErrorType | undefined = 'canceled';
  try {
    for await (const part of answer as AsyncIterable<Buffer>) yield part;
    failure = undefined;
  } catch (error) {
    failure = 'unavailable';
    signal.throwIfAborted();
    throw new QueryError('unavailable', `the server cut its answer: ${messageOf(error)}`, undefined, { cause: error });
  } finally {
    answer.destroy();
    over(failure);
  }
}

const KEPT = ['content-type', 'content-encoding', 'content-length'];

function kept(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    KEPT.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

function typeOf(status: number): ErrorType {
  const [found] = Object.entries(STATUS).find(([, known]) => known === status) ?? ['internal'];
  return found as ErrorType;
}

/** A kept-alive connection that the server had closed before the request reached it. */
class StaleConnection extends Error {
  override readonly name = 'StaleConnection';
}
