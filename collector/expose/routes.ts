import { Router } from 'express';
import type { Response } from 'express';
import { createGzip } from 'node:zlib';
import type { Writable } from 'node:stream';
import { HttpFault } from '../http-fault.ts';
import type { SelfMetrics } from '../self-metrics.ts';
import type { SeriesTable } from '../series/series-table.ts';
import type { Catalogue } from './catalogue.ts';
import { isSilent } from '../series/gone.ts';
import { nodeText, writeFleet } from './exposition.ts';

/** What the exposition needs of the collector. */
export interface ExposeContext {
  readonly table: SeriesTable;
  readonly catalogue: Catalogue;
  readonly metrics: SelfMetrics;
  readonly now: () => number;
}

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** `GET /metrics`, `GET /metrics/NODE` and `GET /sd`. */
export function exposeRoutes({ table, catalogue, metrics, now }: ExposeContext): Router {
  const router = Router();

  router.get('/metrics', async (request, response) => {
    const own = await metrics.text();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const out = open(response, request.acceptsEncodings('gzip') === 'gzip');
    out.write(own);
    await writeFleet(table, catalogue, now(), out, gone.signal, (name) => metrics.owns(name));
    out.end();
  });

  router.get('/metrics/:node', (request, response) => {
    const node = table.nodes.get(request.params.node);
    if (node === undefined || isSilent(node, now())) {
      throw new HttpFault(404, `node ${request.params.node} is not sending; GET /sd lists the nodes that are`);
    }
    const out = open(response, request.acceptsEncodings('gzip') === 'gzip');
    out.end(nodeText(table, catalogue, node, now()));
  });

  // prometheus.io/docs/prometheus/latest/http_sd: the full list each time, and [] where there is none.
  router.get('/sd', (request, response) => {
    const target = request.headers.host ?? `127.0.0.1:${request.socket.localPort}`;
    const nodes = [...table.nodes.values()].filter((node) => !isSilent(node, now()));
    response.json(
      nodes.map(({ name, cluster }) => ({
        targets: [target],
        labels: { __metrics_path__: `/metrics/${name}`, instance: name, ...(cluster === '' ? {} : { cluster }) },
      })),
    );
  });

  return router;
}

function open(response: Response, gzip: boolean): Writable {
  response.setHeader('content-type', TEXT);
  if (!gzip) return response;
  response.setHeader('content-encoding', 'gzip');
  const packer = createGzip({ level: 1 });
  packer.pipe(response);
  return packer;
}
