import { Router } from 'express';
import { HttpFault } from '../http-fault.ts';
import type { DuckdbStore } from '../stores/duckdb/index.ts';

/**
 * `GET /api/v1/export?match[]=NAME{label="value"}&start=…&end=…`: samples of the embedded store, one JSON line a series,
 * as VictoriaMetrics's route of this name answers. Times are Unix seconds; labels match by equality.
 */
export function exportRoute(duckdb: DuckdbStore | undefined, now: () => number): Router {
  const router = Router();
  router.get('/api/v1/export', async (request, response) => {
    if (duckdb === undefined) throw new HttpFault(404, 'no embedded store is configured; ask the store that is');
    const { name, labels } = parseMatch(request.query['match[]'] ?? request.query['match']);
    const from = timeOf(request.query['start'], 0);
    const to = timeOf(request.query['end'], now());
    const found = await duckdb.select({ name, labels, from, to });
    response.type('application/stream+json');
    for (const series of found) {
      const metric = { __name__: series.name, ...parseLabels(series.labelText) };
      response.write(`${JSON.stringify({ metric, values: [...series.values], timestamps: [...series.times] })}\n`);
    }
    response.end();
  });
  return router;
}

const MATCH = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})?$/s;
const PAIR = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\s*,?\s*/gy;

function parseMatch(given: unknown): { name: string; labels: Record<string, string> } {
  const [, name, labels = '{}'] = (typeof given === 'string' ? MATCH.exec(given) : undefined) ?? [];
  if (name === undefined) throw new HttpFault(400, 'match[] must be NAME or NAME{label="value"}');
  return { name, labels: parseLabels(labels) };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const inside = text.slice(1, -1);
  let read = 0;
  for (const [whole, name = '', value = ''] of inside.matchAll(PAIR)) {
    labels[name] = value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
    read += whole.length;
  }
  if (read !== inside.length) throw new HttpFault(400, `cannot read the labels ${text}; only name="value" pairs are taken`);
  return labels;
}

function timeOf(given: unknown, byDefault: number): number {
  if (given === undefined) return byDefault;
  const seconds = typeof given === 'string' && given !== '' ? Number(given) : Number.NaN;
  if (!Number.isFinite(seconds)) throw new HttpFault(400, `${JSON.stringify(given)} is not a time; give Unix seconds`);
  return seconds * 1000;
}
