import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { messageOf, Transient } from '../../../agent/contract/errors.ts';
import { batchOf } from '../../../test/batch.ts';
import { CHIEF, startGuardedInfluxd, startInfluxd } from '../../../test/services/influxd.ts';
import { needsServer } from '../../../test/services/needs-server.ts';
import type { Service } from '../../../test/services/service.ts';
import { openStore } from '../../../test/open-store.ts';
import type { Store } from '../store.ts';
import kind from './index.ts';
import { influxql } from './influxql.ts';
import type { InfluxQL } from './influxql.ts';

// Recent enough for the retention, and a whole number of seconds.
const START = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;

const signal = (): AbortSignal => AbortSignal.timeout(30_000);

needsServer('influxd')('the influxdb store on InfluxDB 1.6', () => {
  let server: Service;
  let store: Store;
  let logged: readonly string[];
  let influx: InfluxQL;
  let databases = 0;

  beforeAll(async () => {
    server = await startInfluxd();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    const database = `vigie_${databases++}`;
    influx = influxql({ url: server.url, database, username: undefined, password: undefined });
    ({ store, logged } = await openStore(kind, { url: server.url, database }));
    return () => store.close(signal());
  });

  it('makes the database with its retention, and gives values, tags and times back exactly', async () => {
    const lines = [
      `node_memory,cluster=dahu,instance=dahu33 MemTotal_bytes=201863462912,MemFree_bytes=0.1 ${START}`,
      String.raw`gpu,instance=dahu33,model=A\ 100\,\ 80\=GB,uuid=é utilization_ratio=5e-324 ${START + 1}`,
      `node,instance=dahu33 load1=-12345678.123456789 ${START + 999}`,
    ];
    await Promise.all(lines.map((line) => store.write(batchOf([line]), signal())));
    expect(await influx.query('SELECT * FROM node_memory')).toEqual([
      { time: START, cluster: 'dahu', instance: 'dahu33', MemTotal_bytes: 201863462912, MemFree_bytes: 0.1 },
    ]);
    expect(await influx.query('SELECT * FROM gpu WHERE model = $model', { model: 'A 100, 80=GB' })).toEqual([
      { time: START + 1, instance: 'dahu33', model: 'A 100, 80=GB', uuid: 'é', utilization_ratio: 5e-324 },
    ]);
    expect(await influx.query('SELECT load1 FROM node')).toEqual([{ time: START + 999, load1: -12345678.123456789 }]);
    expect((await influx.policies()).find((policy) => policy.default)).toEqual({ name: 'vigie', default: true, duration: '336h0m0s' });
    expect(store.trouble()).toBeUndefined();
    expect(logged).toEqual([]);
  });

  it('stores once what is written twice', async () => {
    const batch = batchOf(Array.from({ length: 100 }, (_, at) => `m,instance=n${at % 7} v=${at} ${START + at}`));
    await store.write(batch, signal());
    await Promise.all([store.write(batch, signal()), store.write(batch, signal())]);
    expect(await influx.query('SELECT count(v) AS n, sum(v) AS s FROM m')).toMatchObject([{ n: 100, s: 4950 }]);
  });

  it('refuses only the batch with the bad line, and says why', async () => {
    await store.write(batchOf([`m,instance=n0 v=1 ${START}`]), signal());
    const good = Array.from({ length: 12 }, (_, at) => store.write(batchOf([`m,instance=good v=${at} ${START + at}`]), signal()));
    const bad = store.write(batchOf([`m,instance=bad w=2 ${START}`, `m,instance=bad v="text" ${START + 1}`]), signal());
    await expect(bad).rejects.toMatchObject({
      name: 'Permanent',
      message: expect.stringMatching(/answered 400: partial write: field type conflict/),
    });
    await Promise.all(good);
    expect(await influx.query("SELECT count(v) AS n FROM m WHERE instance = 'good'")).toMatchObject([{ n: 12 }]);
    expect(await influx.query("SELECT w FROM m WHERE instance = 'bad'")).toMatchObject([{ w: 2 }]);
    expect(store.trouble()).toBeUndefined();
  });

  it('makes the database again when someone has dropped it', async () => {
    await store.write(batchOf([`m v=1 ${START}`]), signal());
    await influx.query(`DROP DATABASE vigie_${databases - 1}`);
    await Promise.all([2, 3, 4].map((value) => store.write(batchOf([`m v=${value} ${START + value}`]), signal())));
    expect(await influx.query('SELECT count(v) AS n FROM m')).toMatchObject([{ n: 3 }]);
    expect((await influx.policies()).find((policy) => policy.default)?.name).toBe('vigie');
  });

  it('leaves the retention of a database alone that already holds something', async () => {
    const url = `${server.url}/write?db=telegraf`;
    await influx.query('CREATE DATABASE telegraf');
    await (await fetch(url, { method: 'POST', body: 'cpu v=1' })).text();
    const other = await openStore(kind, { url: server.url, database: 'telegraf' });
    await other.store.write(batchOf([`m v=1 ${START}`]), signal());
    await other.store.close(signal());
    const telegraf = influxql({ url: server.url, database: 'telegraf', username: undefined, password: undefined });
    expect(await telegraf.policies()).toEqual([{ name: 'autogen', default: true, duration: '0s' }]);
    expect(other.logged).toEqual([
      expect.stringContaining('database telegraf already holds data under autogen; its retention is left as it is'),
    ]);
  });

  it('says how to change a retention that differs from the configured one', async () => {
    await store.write(batchOf([`m v=1 ${START}`]), signal());
    const later = await openStore(kind, { url: server.url, database: `vigie_${databases - 1}`, retention: '30d' });
    await later.store.write(batchOf([`m v=1 ${START}`]), signal());
    await later.store.close(signal());
    expect(later.logged).toEqual([expect.stringContaining(`ALTER RETENTION POLICY "vigie" ON "vigie_${databases - 1}" DURATION 2592000s`)]);
  });

  it('loses and doubles nothing when the server is killed while batches come in', async () => {
    const counts = { stored: 0, transient: 0 };
    const untilStored = async (line: string): Promise<void> => {
      try {
        await store.write(batchOf([line]), signal());
        counts.stored++;
      } catch (error) {
        if (!(error instanceof Transient)) throw error;
        counts.transient++;
        await pause(20);
        await untilStored(line);
      }
    };
    const node = async (name: number): Promise<void> => {
      for (let at = 0; at < 30; at++) await untilStored(`m,instance=n${name} v=${at} ${START + at}`);
    };
    const nodes = Promise.all(Array.from({ length: 20 }, (_, name) => node(name)));
    await expect.poll(() => counts.stored, { timeout: 20_000, interval: 5 }).toBeGreaterThan(100);
    await server.kill();
    await expect.poll(() => counts.transient, { timeout: 20_000 }).toBeGreaterThan(20);
    expect(store.trouble()).toContain(server.url);
    await server.restart();
    await nodes;
    expect(await influx.query('SELECT count(v) AS n, sum(v) AS s FROM m')).toMatchObject([{ n: 600, s: 20 * 435 }]);
    expect(store.trouble()).toBeUndefined();
  });

  it('is in trouble while the server is away from the start, and sets up once it is there', async () => {
    await server.kill();
    const database = `vigie_${databases++}`;
    const early = await openStore(kind, { url: server.url, database, version: '1' });
    await expect(early.store.write(batchOf([`m v=1 ${START}`]), signal())).rejects.toMatchObject({ name: 'Transient' });
    expect(early.store.trouble()).toMatch(/ECONNREFUSED/);
    await server.restart();
    await early.store.write(batchOf([`m v=1 ${START}`]), signal());
    expect(early.store.trouble()).toBeUndefined();
    await early.store.close(signal());
    expect(await influx.databases()).toContain(database);
  });
});

needsServer('influxd')('the influxdb store on an InfluxDB 1.6 that asks who is there', () => {
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

  const secretFile = (name: string, secret: string): string => {
    const file = join(dir, name);
    writeFileSync(file, `${secret}\n`);
    return file;
  };
  const chief = () => influxql({ url: server.url, database: 'guarded', ...CHIEF });

  it('logs in for set-up and for lines', async () => {
    const { store } = await openStore(kind, {
      url: server.url,
      database: 'guarded',
      username: CHIEF.username,
      password_file: secretFile('chief', CHIEF.password),
    });
    await store.write(batchOf([`m v=1 ${START}`]), signal());
    await store.close(signal());
    expect(await chief().query('SELECT v FROM m')).toEqual([{ time: START, v: 1 }]);
  });

  it('keeps batches while the password is wrong, and takes the file as it is mended', async () => {
    const file = secretFile('mended', 'wrong');
    const { store } = await openStore(kind, { url: server.url, database: 'guarded', username: CHIEF.username, password_file: file });
    await expect(store.write(batchOf([`m v=2 ${START}`]), signal())).rejects.toMatchObject({ name: 'Transient' });
    expect(store.trouble()).toMatch(/authorization failed/);
    writeFileSync(file, `${CHIEF.password}\n`);
    await expect.poll(() => store.write(batchOf([`m v=2 ${START + 1}`]), signal()).then(() => 'stored', messageOf)).toBe('stored');
    await store.close(signal());
  });

  it('writes for a user who may do no more than that, and says so once', async () => {
    await chief().query("CREATE USER clerk WITH PASSWORD 'pen'");
    await chief().query('GRANT WRITE ON guarded TO clerk');
    const { store, logged } = await openStore(kind, {
      url: server.url,
      database: 'guarded',
      username: 'clerk',
      password_file: secretFile('clerk', 'pen'),
    });
    await store.write(batchOf([`m v=3 ${START + 2}`]), signal());
    await store.write(batchOf([`m v=3 ${START + 3}`]), signal());
    await store.close(signal());
    expect(await chief().query('SELECT count(v) AS n FROM m WHERE v = 3')).toMatchObject([{ n: 2 }]);
    expect(logged).toEqual([expect.stringContaining('cannot look after database guarded, going on with writing')]);
  });
});
