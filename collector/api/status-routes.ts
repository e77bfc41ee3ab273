import { Router } from 'express';
import type { Response } from 'express';
import { durationText } from '../promql/print/duration-text.ts';
import type { QuestionLimits } from '../query/question.ts';

/** What the routes tell of the collector. */
export interface StatusContext {
  readonly version: string;
  readonly startedAt: Date;
  readonly limits: QuestionLimits & { readonly concurrency: number };
  /** Milliseconds for which samples are kept. */
  readonly retention: number;
}

/**
 * The Prometheus whose API and language these are: clients choose by it what they may ask (Grafana: whether label values take
 * `match[]`, which functions there are).
 */
const PROMETHEUS = '3.5.0';

/**
 * What clients of Prometheus ask beside questions: build, run time and flags, in as far as there is a counterpart here, and empty lists
 * of what there is none of: rules, alerts and exemplars.
 */
export function statusRoutes({ version, startedAt, limits, retention }: StatusContext): Router {
  const router = Router();
  const told: Readonly<Record<string, unknown>> = {
    'status/buildinfo': {
      version: PROMETHEUS,
      revision: `vigie ${version}`,
      branch: '',
      buildUser: '',
      buildDate: '',
      goVersion: '',
    },
    'status/runtimeinfo': {
      startTime: startedAt.toISOString(),
      CWD: process.cwd(),
      reloadConfigSuccess: true,
      lastConfigTime: startedAt.toISOString(),
      corruptionCount: 0,
      storageRetention: durationText(retention),
    },
    'status/flags': {
      'query.lookback-delta': durationText(limits.lookback),
      'query.max-concurrency': String(limits.concurrency),
      'query.max-samples': String(limits.samples),
      'query.timeout': durationText(limits.timeout),
      'storage.tsdb.retention.time': durationText(retention),
    },
    rules: { groups: [] },
    alerts: { alerts: [] },
  };
  for (const [path, data] of Object.entries(told)) router.get(`/api/v1/${path}`, (_request, response) => succeed(response, data));
  router.all('/api/v1/query_exemplars', (request, response) => {
    request.resume();
    succeed(response, []);
  });
  return router;
}

function succeed(response: Response, data: unknown): void {
  response.setHeader('cache-control', 'no-store').json({ status: 'success', data });
}
