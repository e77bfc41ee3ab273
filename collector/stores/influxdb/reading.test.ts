import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../test/open-store.ts';
import { selectAll } from '../../../test/select-all.ts';
import { CHIEF, startGuardedInfluxd } from '../../../test/services/influxd.ts';
import { needsServer } from '../../../test/services/needs-server.ts';
import type { Service } from '../../../test/services/service.ts';
import type { Selection } from '../../promql/queryable.ts';
import kind from './index.ts';
import { openQueryable } from './queryable.ts';
import type { InfluxOpening } from './queryable.ts';

const signal = (): AbortSignal => AbortSignal.timeout(30_000);
const everything: Selection = { matchers: [], from: 0, to: Date.now(), hint: { call: 'rate', range: 1000, step: 0 } };

needsServer('influxd')('PromQL on an InfluxDB 1.6 that asks who is there', () => {
  let server: Service;
  let dir: string;

  beforeAll(async () => {
    server = await startGuardedInfluxd();
    dir = mkdtempSync(join(tmpdir(), 'vigie-secret-'));
  });
  afterAll(async () => {
    rmSync(dir, { recursive: true, force: true });
    await server.stop();
  });

  it('logs in as the store does, and takes the password file as it is mended', async () => {
    const password_file = join(dir, 'chief');
    writeFileSync(password_file, 'wrong\n');
    const options = { url: server.url, database: 'guarded', username: CHIEF.username, password_file };
    const { store } = await openStore(kind, options);
    const reading = store.reading?.();
    await store.close(signal());
    const queryable = await openQueryable((reading as { readonly opening: InfluxOpening }).opening);
    await expect(selectAll(queryable, everything)).rejects.toMatchObject({
      type: 'unavailable',
      message: expect.stringContaining('answered 401: authorization failed'),
    });
    writeFileSync(password_file, `${CHIEF.password}\n`);
    expect(await selectAll(queryable, everything)).toEqual([]);
  });
});

describe('the way to ask an influxdb store', () => {
  it.each([
    [{}, true],
    [{ version: '1' }, true],
    [{ version: '3' }, false],
    [{ org: 'lab' }, false],
  ])('is there for a 1.x only: %j', async (options, isThere) => {
    const { store } = await openStore(kind, options);
    expect(store.reading?.() !== undefined).toBe(isThere);
    await store.close(signal());
  });

  it('names a module that a thread can import, and what can be sent to it', async () => {
    const { store } = await openStore(kind, { url: 'http://influx:8086/' });
    const reading = store.reading?.();
    await store.close(signal());
    expect(reading).toMatchObject({ kind: 'queryable', opening: { url: 'http://influx:8086', database: 'vigie' } });
    const { module } = reading as { readonly module: string };
    expect(Object.keys((await import(module)) as object)).toContain('openQueryable');
  });
});

describe('an InfluxDB that does not answer as it should', () => {
  it.each([
    [503, 'try later', 'unavailable', 'answered 503: try later'],
    [401, '{"error":"authorization failed"}', 'unavailable', 'answered 401: authorization failed'],
    [200, '{"results":[{"statement_id":0,"error":"max-select-series limit exceeded"}]}\n', 'execution', 'max-select-series limit exceeded'],
    [200, '{"results":[{"statement', 'unavailable', 'JSON'],
    [200, '<html>', 'unavailable', 'JSON'],
  ])('is told of: %i %s', async (status, body, type, message) => {
    const server = createServer((_, response) => void response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const queryable = await openQueryable({ url, database: 'x', username: undefined, password_file: undefined });
      const asked = queryable.labelNames({ anyOf: [], from: 0, to: 1, limit: 0 }, signal());
      await expect(asked).rejects.toMatchObject({ type, message: expect.stringContaining(message) });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
