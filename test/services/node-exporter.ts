import { startService } from './service.ts';
import type { Service } from './service.ts';

/** Prometheus' node_exporter on this machine; `flags` like `--path.procfs=DIR` make it read another tree. */
export function startNodeExporter(flags: readonly string[] = []): Promise<Service> {
  return startService({
    program: 'prometheus-node-exporter',
    ready: '/',
    prepare: ({ port }) => [`--web.listen-address=127.0.0.1:${port}`, ...flags],
  });
}
