import { Router } from 'express';
import type { Request, Response } from 'express';
import { answerEarly } from '../answer-early.ts';
import { HttpFault } from '../http-fault.ts';
import { budgetOf, receive } from '../ingest/body.ts';
import { QueryError } from '../promql/query-error.ts';
import { failureOf, failureText, statusOf } from '../query/failure.ts';
import type { Question, Questions, Reply, Route } from '../query/question.ts';

/** What the routes need of the collector. */
export interface QueryRoutesContext {
  readonly questions: Questions;
  /** Bytes that a posted question may have. */
  readonly body: number;
  readonly now: () => number;
}

/** Posted questions held in memory together. */
const BODIES_BYTES = 64 * 2 ** 20;
/** Somebody who takes none of an answer for so long has gone. */
const STALL_MS = 60_000;

/** Those that can be posted as a form, too; as in Prometheus, values of a label cannot. */
const POSTED = ['query', 'query_range', 'series', 'labels', 'format_query'] as const satisfies readonly Route[];

/** `/api/v1/query`, `query_range`, `series`, `labels`, `label/NAME/values` and `format_query`, as Prometheus has them: bytes are passed on, nothing is computed here. */
export function queryRoutes({ questions, body: limit, now }: QueryRoutesContext): Router {
  const router = Router();
  const budget = budgetOf(BODIES_BYTES);

  const answer = async (request: Request, response: Response, route: Route, label = ''): Promise<void> => {
    const gone = new AbortController();
    const leave = (): void => gone.abort(new QueryError('canceled', 'query was canceled in expression evaluation'));
    response.once('close', leave);
    try {
      const received = request.method === 'POST' ? await receive(request, limit, budget, 'query.body') : Buffer.alloc(0);
      const ask = { ...questionOf(request, route, now()), label, form: isForm(request) ? new Uint8Array(received) : undefined };
      const reply = await questions.ask(ask, gone.signal).finally(() => budget.give(received.length));
      await stream(reply, response);
    } catch (error) {
      if (response.headersSent || response.destroyed) response.destroy();
      else refuse(request, response, error);
    } finally {
      response.off('close', leave);
    }
  };

  for (const route of POSTED) {
    const handle = (request: Request, response: Response): Promise<void> => answer(request, response, route);
    router.get(`/api/v1/${route}`, handle).post(`/api/v1/${route}`, handle);
  }
  router.get('/api/v1/label/:name/values', (request, response) => answer(request, response, 'label_values', request.params.name));
  return router;
}

function questionOf(request: Request, route: Route, now: number): Omit<Question, 'label' | 'form'> {
  const at = request.originalUrl.indexOf('?');
  const search = at < 0 ? '' : request.originalUrl.slice(at + 1);
  return { route, search, gzip: request.acceptsEncodings('gzip') === 'gzip', now };
}

// Go reads no other body for parameters.
function isForm(request: Request): boolean {
  return request.method === 'POST' && request.is('application/x-www-form-urlencoded') !== false;
}

async function stream({ status, headers, parts }: Reply, response: Response): Promise<void> {
  response.writeHead(status, { ...headers, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  for await (const part of parts) if (!response.write(part)) await drained(response);
  response.end();
}

function drained(response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void) => (): void => {
      clearTimeout(stall);
      response.off('drain', go).off('close', fail);
      how();
    };
    const go = settle(resolve);
    const fail = settle(() => reject(new QueryError('canceled', 'the answer was not taken')));
    const stall = setTimeout(fail, STALL_MS);
    response.once('drain', go).once('close', fail);
    if (response.destroyed) fail();
  });
}

function refuse(request: Request, response: Response, error: unknown): void {
  const failure =
    error instanceof HttpFault ? new QueryError(error.status === 503 ? 'unavailable' : 'bad_data', error.message) : failureOf(error);
  const text = failureText(failure);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  answerEarly(request, response, statusOf(failure.type), headers, text);
}
