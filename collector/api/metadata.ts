import { setImmediate as nextTurn } from 'node:timers/promises';
import { Router } from 'express';
import type { Response } from 'express';
import type { Catalogue } from '../expose/catalogue.ts';
import { QueryError } from '../promql/query-error.ts';
import { failureText, statusOf } from '../query/failure.ts';
import type { SeriesTable } from '../series/series-table.ts';

/** Metrics written before the event loop gets its turn: about 2 ms. */
const SLICE = 2000;

/** `GET /api/v1/metadata`: kind and help of the metrics that came lately, as Prometheus tells them; `metric` picks one, `limit` says how many. */
export function metadataRoute(table: SeriesTable, catalogue: Catalogue): Router {
  const router = Router();
  router.get('/api/v1/metadata', async (request, response) => {
    const limit = numberOf(request.query['limit']);
    const each = numberOf(request.query['limit_per_metric']);
    if (limit === undefined) return refuse(response, 'limit must be a number');
    if (each === undefined) return refuse(response, 'limit_per_metric must be a number');
    const only = request.query['metric'];
    const names = typeof only === 'string' && only !== '' ? [only].filter((name) => table.families.has(name)) : [...table.families.keys()];
    const told = limit < 0 ? names : names.slice(0, limit);
    response.type('json').setHeader('cache-control', 'no-store');
    response.write('{"status":"success","data":{');
    for (let from = 0; from < told.length; from += SLICE) {
      if (response.destroyed) return;
      const written = told
        .slice(from, from + SLICE)
        .map((name) => `${JSON.stringify(name)}:${JSON.stringify(each === 0 ? [] : [factsOf(catalogue, name)])}`);
      response.write(`${from === 0 ? '' : ','}${written.join(',')}`);
      await nextTurn();
    }
    response.end('}}');
  });
  return router;
}

function factsOf(catalogue: Catalogue, name: string): { readonly type: string; readonly help: string; readonly unit: string } {
  const { kind, help } = catalogue.facts(name);
  return { type: kind === 'untyped' ? 'unknown' : kind, help, unit: '' };
}

// -1 where it is absent, which is no limit; undefined where it is no number.
function numberOf(given: unknown): number | undefined {
  if (given === undefined || given === '') return -1;
  return typeof given === 'string' && /^[+-]?\d+$/.test(given) ? Number(given) : undefined;
}

function refuse(response: Response, problem: string): void {
  const failure = new QueryError('bad_data', problem);
  response.status(statusOf(failure.type)).type('json').send(failureText(failure));
}
