import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { built, exported, startCollectorProgram } from '../../test/collector.ts';
import { openDuckdb } from '../../test/open-duckdb.ts';

const DAY_MS = 86_400_000;
const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const yesterday = today - DAY_MS;
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `vigie` to its end. */
function vigie(...args: readonly string[]): { readonly status: number | null; readonly out: string; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${built}collector/cli/main.js`, ...args], { encoding: 'utf8' });
  return { status, out: stdout, said: stderr };
}

function line(time: number, value: number, node = 'n1'): string {
  return `node_memory,cluster=a\\ b,instance=${node} MemFree_bytes=${value},Cached_bytes=${value / 4} ${time}\n`;
}

/** A stopped collector's folder: yesterday sealed, with a late row, and today live. */
async function madeStore(data: string): Promise<void> {
  const { write, store } = await openDuckdb(data);
  await write([0, 1, 2, 3].map((at) => line(yesterday + at * 5000, 4096 * at)).join(''));
  await store.seal(dayOf(yesterday));
  await write(line(yesterday + 2500, 77, 'n2') + line(today, 8));
  await store.close(AbortSignal.timeout(5000));
}

async function allOf(data: string): Promise<unknown> {
  const { all, store } = await openDuckdb(data);
  const found = [await all('node_memory_MemFree_bytes'), await all('node_memory_Cached_bytes')];
  await store.close(AbortSignal.timeout(5000));
  return found;
}

describe('vigie store', () => {
  it('shows sizes by day and by measurement', async () => {
    await madeStore(folder);
    const { status, out } = vigie('store', '--data', folder);
    expect(status).toBe(0);
    expect(out).toMatch(/^.*duckdb: 12 samples, .* with roll-ups, and 0 B of log\n/);
    expect(out).toMatch(
      new RegExp(`^${dayOf(yesterday)}  sealed  +1d +2 +8 +[\\d.]+ K?i?B +\\d+\\.\\d{3} +[\\d.]+ K?i?B +[\\d.]+ K?i?B$`, 'm'),
    );
    expect(out).toMatch(new RegExp(`^${dayOf(yesterday)}  live +1d +2 +2 `, 'm'));
    expect(out).toMatch(new RegExp(`^${dayOf(today)}  live +0d +2 +2 `, 'm'));
    expect(out).toMatch(/^node_memory +\d+ +12 /m);
  });

  it('seals a day at once, and says how small it is', async () => {
    await madeStore(folder);
    const before = await allOf(folder);
    expect(vigie('store', 'seal', 'all', '--data', folder)).toMatchObject({
      status: 0,
      out: expect.stringMatching(/: 10 samples in .* bytes each\n/) as string,
    });
    expect(readdirSync(join(folder, 'duckdb')).filter((name) => name.startsWith('20'))).toEqual([dayOf(yesterday), dayOf(today)]);
    expect(await allOf(folder)).toEqual(before);
    expect(vigie('store', 'seal', '1999-01-01', '--data', folder)).toMatchObject({
      status: 1,
      said: expect.stringContaining('is not there') as string,
    });
  });

  it('exports line protocol that another store imports whole', async () => {
    await madeStore(folder);
    const { status, out } = vigie('store', 'export', '--format', 'lines', '-', '--data', folder);
    expect(status).toBe(0);
    expect(out.split('\n')).toContain(`node_memory,cluster=a\\ b,instance=n2 MemFree_bytes=77 ${yesterday + 2500}`);
    const file = join(folder, 'out.lp.gz');
    writeFileSync(file, gzipSync(out));
    const other = join(folder, 'other');
    expect(vigie('store', 'import', file, '--data', other)).toMatchObject({
      status: 0,
      out: `${file}: 12 lines of line protocol with times in ms stored\n`,
    });
    expect(await allOf(other)).toEqual(await allOf(folder));
  });

  it('exports what is chosen as Parquet with names, labels, times and values', async () => {
    await madeStore(folder);
    const to = join(folder, 'out');
    const match = ['--match', 'node_memory_MemFree_bytes{instance=~"n1|n3"}'];
    const times = ['--from', String(yesterday / 1000 + 5), '--to', String(today / 1000 - 1)];
    expect(vigie('store', 'export', ...match, ...times, to, '--data', folder)).toMatchObject({ status: 0, said: '3 samples\n' });
    expect(readdirSync(to)).toEqual([`${dayOf(yesterday)}.parquet`]);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const read = await connection.runAndReadAll(
      `SELECT name, labels['instance'], labels['cluster'], epoch_ms(time), value FROM '${join(to, `${dayOf(yesterday)}.parquet`)}' ORDER BY time`,
    );
    expect(read.getRows()).toEqual(
      [1, 2, 3].map((at) => ['node_memory_MemFree_bytes', 'n1', 'a b', BigInt(yesterday + at * 5000), 4096 * at]),
    );
    expect(vigie('store', 'export', '--match', 'rate(', to, '--data', folder)).toMatchObject({
      status: 2,
      said: expect.stringContaining('--match') as string,
    });
  });

  it('exports roll-ups, also where the samples are not kept any more', async () => {
    await madeStore(folder);
    vigie('store', 'seal', 'all', '--data', folder);
    rmSync(join(folder, 'duckdb', dayOf(yesterday), 'samples.parquet'));
    const to = join(folder, 'out');
    const { status, said } = vigie('store', 'export', to, '--data', folder);
    expect(status).toBe(0);
    expect(said).toContain(`${dayOf(yesterday)}: its samples are not kept any more, only roll-ups (--resolution 1m or 1h)`);
    expect(vigie('store', 'export', '--resolution', '1m', to, '--data', folder)).toMatchObject({ status: 0, said: '8 buckets\n' });
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const read = await connection.runAndReadAll(
      `SELECT epoch_ms(time), count, sum, min, max, last, increase FROM '${join(to, `${dayOf(yesterday)}.parquet`)}'
       WHERE name = 'node_memory_MemFree_bytes' AND labels['instance'] = 'n1' ORDER BY time`,
    );
    expect(read.getRows()).toEqual([
      [BigInt(yesterday), 1, 0, 0, 0, 0, null],
      [BigInt(yesterday + 15_000), 3, 24_576, 4096, 12_288, 12_288, null],
    ]);
  });

  it('imports OpenMetrics and Prometheus text, names bad lines, and leaves out what is no number', async () => {
    const openmetrics = join(folder, 'a.om');
    writeFileSync(
      openmetrics,
      [
        '# TYPE node_load gauge',
        `node_load1{instance="n1",note="a \\"b\\"\\\\c"} 1.5 ${yesterday / 1000 + 0.25}`,
        `node_load1{instance="n1"} NaN ${yesterday / 1000}`,
        `node_load1{instance="n1" 2 ${yesterday / 1000}`,
        `node_load1{} 3 ${yesterday / 1000}`,
        `up{instance="n1"} 1 ${yesterday / 1000}`,
        `node_load1{instance="n1"} 4`,
        '# EOF',
      ].join('\n'),
    );
    const data = join(folder, 'data');
    const { status, out, said } = vigie('store', 'import', openmetrics, '--data', data);
    expect(status).toBe(1);
    expect(out).toBe(`${openmetrics}: 1 lines of OpenMetrics stored, 4 bad lines left out, 1 that hold no number left out\n`);
    for (const [place, reason] of [
      [4, 'its labels cannot be read'],
      [5, 'it names no node: add a tag instance=NODE'],
      [6, 'up has no _'],
      [7, 'it has no time'],
    ] as const) {
      expect(said).toContain(`${openmetrics}:${place}: ${reason}`);
    }
    const prometheus = join(folder, 'b.prom');
    writeFileSync(prometheus, `node_load1 7 ${yesterday}\nnode_load5{cluster="x"} 8 ${yesterday}\n`);
    expect(vigie('store', 'import', prometheus, '--label', 'instance=n9', '--data', data).status).toBe(0);
    const { all, store } = await openDuckdb(data);
    expect(await all('node_load1')).toEqual([
      ['{instance="n1",note="a \\"b\\"\\\\c"}', [yesterday + 250], [1.5]],
      ['{instance="n9"}', [yesterday], [7]],
    ]);
    expect((await all('node_load5'))[0]?.[0]).toBe('{cluster="x",instance="n9"}');
    await store.close(AbortSignal.timeout(5000));
  });

  it('works beside a collector that runs: imports through it, older than it keeps samples, and exports what is sealed', async () => {
    await madeStore(folder);
    const collector = await startCollectorProgram(folder);
    try {
      const months = today - 60 * DAY_MS;
      const file = join(folder, 'old.lp');
      writeFileSync(file, line(months, 5) + line(today + 1, 9) + line(months - 2000 * DAY_MS, 1));
      const config = ['--config', join(folder, 'collector.yaml')];
      const imported = vigie('store', 'import', '--url', collector.url, file);
      expect(imported).toMatchObject({
        status: 1,
        out: `${file}: 2 lines of line protocol with times in ms stored, 1 bad lines left out\n`,
      });
      expect(imported.said).toContain(`${file}:3: its time is`);
      const [series] = await exported(collector.url, 'node_memory_MemFree_bytes{instance="n1"}');
      expect(series?.timestamps).toContain(months);

      expect(vigie('store', ...config).out).toContain(`Process ${collector.pid} writes to it`);
      const { status, out, said } = vigie('store', 'export', '--format', 'lines', '-', ...config);
      expect(status).toBe(1);
      expect(out.trim().split('\n')).toHaveLength(8);
      expect(said).toContain(`Not exported: what process ${collector.pid} has of`);
      expect(vigie('store', 'seal', dayOf(today), ...config)).toMatchObject({
        status: 1,
        said: expect.stringContaining('stop it first') as string,
      });
    } finally {
      await collector.stop();
    }
  });
});

describe('vigie check store', () => {
  it('reads everything, names a damaged file and sets it aside', async () => {
    await madeStore(folder);
    expect(vigie('check', 'store', '--data', folder)).toMatchObject({ status: 0, out: expect.stringMatching(/no fault\n$/) as string });
    const sealed = join(folder, 'duckdb', dayOf(yesterday), '1m.parquet');
    const live = join(folder, 'duckdb', `${dayOf(today)}.duckdb`);
    const bytes = readFileSync(sealed);
    bytes[20] = (bytes[20] as number) ^ 255;
    writeFileSync(sealed, bytes);
    const blocks = readFileSync(live);
    blocks.fill(7, 8192);
    writeFileSync(live, blocks);
    const { status, out } = vigie('check', 'store', '--data', folder);
    expect(status).toBe(1);
    expect(out).toContain(`${dayOf(yesterday)}/1m.parquet: it has changed since it was written (SHA256SUMS)`);
    expect(out).toContain(`${dayOf(today)}.duckdb was set aside as ${dayOf(today)}.duckdb.damaged`);
    expect(existsSync(`${sealed}.damaged`) && existsSync(`${live}.damaged`)).toBe(true);
    appendFileSync(sealed, '');
    rmSync(sealed);
    expect(vigie('check', 'store', '--data', folder)).toMatchObject({
      status: 0,
      out: expect.stringContaining('set aside before') as string,
    });
  });
});
