import { join } from 'node:path';
import { startService } from './service.ts';
import type { Service } from './service.ts';

/** VictoriaMetrics, one process. What was written is seen by queries after about a second, or at once after {@link flushVictoriaMetrics}. */
export function startVictoriaMetrics(): Promise<Service> {
  return startService({
    program: 'victoria-metrics',
    ready: '/health',
    prepare: ({ dir, port }) => [
      `-storageDataPath=${join(dir, 'data')}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-retentionPeriod=1y',
      // The newest seconds are otherwise held back from queries.
      '-search.latencyOffset=0s',
      '-search.disableCache',
    ],
  });
}

/** Makes everything written so far visible to queries. */
export async function flushVictoriaMetrics(server: Service): Promise<void> {
  const answer = await fetch(`${server.url}/internal/force_flush`, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`force_flush answered ${answer.status}`);
}
