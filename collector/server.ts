import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import express from 'express';
import type { ErrorRequestHandler, Router } from 'express';
import { messageOf } from '../agent/contract/errors.ts';
import { HttpFault } from './http-fault.ts';
import { isWrite } from './ingest/write-route.ts';
import type { WriteRoute } from './ingest/write-route.ts';

/** What the HTTP server is made of. */
export interface ServerParts {
  readonly write: WriteRoute;
  readonly routers: readonly Router[];
  /** What keeps the collector from taking writes; empty when all is well. */
  readonly troubles: () => readonly string[];
  readonly version: string;
  readonly log: (level: 'info' | 'warning' | 'error', message: string) => void;
}

/** Idle connections are kept beyond an agent's longest usual push, so that it need not connect anew each time. */
const KEEP_ALIVE_MS = 75_000;
/** Slow senders are cut off: a body must have come after this long. */
const REQUEST_MS = 60_000;

const FAILED = 'the collector failed; its log says why';

/** The collector's HTTP server, not yet listening. */
export function httpServer({ write, routers, troubles, version, log }: ServerParts): Server {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  // InfluxDB's: clients ask it before they write.
  app.all('/ping', (_request, response) => void response.writeHead(204, { 'x-influxdb-version': `vigie-${version}` }).end());
  app.get('/healthz', (_request, response) => void response.type('text').send('ok\n'));
  app.get('/readyz', (_request, response) => {
    const found = troubles();
    response
      .status(found.length === 0 ? 200 : 503)
      .type('text')
      .send(found.length === 0 ? 'ready\n' : `${found.join('\n')}\n`);
  });
  for (const router of routers) app.use(router);
  app.use((request) => {
    throw new HttpFault(404, `there is nothing at ${request.method} ${request.path}; see / for the page and /metrics for the metrics`);
  });
  app.use(answerFault(log));
  // Writes go beside express: they come by the thousand a second, and its way to a route costs a tenth of what storing them does.
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    if (!isWrite(request)) return app(request, response);
    write(request, response).catch((error: unknown) => {
      log('error', `${request.method} ${request.url}: ${stackOf(error)}`);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error: FAILED }));
    });
  };
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, serve);
  server.maxConnections = 20_000;
  return server;
}

function answerFault(log: ServerParts['log']): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const fault = error instanceof HttpFault ? error : undefined;
    if (fault === undefined && !clientLeft(error)) log('error', `${request.method} ${request.path}: ${stackOf(error)}`);
    if (response.headersSent || response.destroyed) response.destroy();
    else response.status(fault?.status ?? statusOf(error)).json({ error: fault?.message ?? FAILED });
  };
}

// Express reports faults of its own (a malformed URL) with a status.
function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : 500;
  return typeof status === 'number' ? status : 500;
}

function clientLeft(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE');
}

function stackOf(error: unknown): string {
  return error instanceof Error && error.stack !== undefined ? error.stack : messageOf(error);
}

/** The longest that the event loop was held since the last call, in seconds. */
export function loopDelayMeter(): () => number {
  const histogram = monitorEventLoopDelay({ resolution: 10 });
  histogram.enable();
  return () => {
    const seconds = histogram.max / 1e9;
    histogram.reset();
    return seconds;
  };
}

/**
 * Listens; resolves once connections are taken.
 *
 * @throws Error that says what to do where the address cannot be had.
 */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const next = `${host.includes(':') ? `[${host}]` : host}:${port + 1}`;
      if (error.code === 'EADDRINUSE') {
        reject(
          new Error(`${host}:${port} is in use; stop what listens there (ss -ltnp 'sport = :${port}'), or take another: --listen ${next}`),
        );
      } else if (error.code === 'EACCES') {
        reject(new Error(`${host}:${port} needs privileges; take a port above 1023: --listen ${host}:9797`));
      } else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
        reject(new Error(`${host} is no address of this machine; take 127.0.0.1, 0.0.0.0 or one that \`ip address\` shows: --listen`));
      } else reject(error);
    });
    server.listen(port, host, () => resolve());
  });
}
