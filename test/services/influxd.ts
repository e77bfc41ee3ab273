import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { startService } from './service.ts';
import type { Service } from './service.ts';

/** InfluxDB 1.x; its log is quiet, its write-ahead log synced before every answer (its default). `http` adds lines to `[http]`. */
export function startInfluxd({ http = [] }: { readonly http?: readonly string[] } = {}): Promise<Service> {
  return startService({
    program: 'influxd',
    ready: '/ping',
    async prepare({ dir, port }) {
      const config = join(dir, 'influxd.conf');
      const lines = [
        'reporting-disabled = true',
        `bind-address = "127.0.0.1:${await freePort()}"`,
        '[meta]',
        `dir = "${join(dir, 'meta')}"`,
        '[data]',
        `dir = "${join(dir, 'data')}"`,
        `wal-dir = "${join(dir, 'wal')}"`,
        'index-version = "tsi1"',
        'query-log-enabled = false',
        '[monitor]',
        'store-enabled = false',
        '[http]',
        `bind-address = "127.0.0.1:${port}"`,
        'log-enabled = false',
        ...http,
      ];
      writeFileSync(config, `${lines.join('\n')}\n`);
      return ['-config', config];
    },
  });
}

/** The administrator of {@link startGuardedInfluxd}. */
export const CHIEF = { username: 'chief', password: 'c h:é' };

/** InfluxDB 1.x that asks who is there. */
export async function startGuardedInfluxd(): Promise<Service> {
  const server = await startInfluxd({ http: ['auth-enabled = true'] });
  const body = new URLSearchParams({ q: `CREATE USER ${CHIEF.username} WITH PASSWORD '${CHIEF.password}' WITH ALL PRIVILEGES` });
  // Its headers come before the statement has run; the end of the body after.
  await (await fetch(`${server.url}/query`, { method: 'POST', body })).text();
  return server;
}
