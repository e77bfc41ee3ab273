import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startService } from './service.ts';
import type { Service } from './service.ts';

/** Prometheus' Alertmanager, alone, with this text as its configuration file. */
export function startAlertmanager(config: string): Promise<Service> {
  return startService({
    program: 'prometheus-alertmanager',
    ready: '/-/ready',
    prepare({ dir, port }) {
      const file = join(dir, 'alertmanager.yml');
      writeFileSync(file, config);
      return [
        `--config.file=${file}`,
        `--storage.path=${join(dir, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ];
    },
  });
}
