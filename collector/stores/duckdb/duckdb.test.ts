import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { hasCode } from '../../../agent/contract/errors.ts';
import { temporaryFolder } from '../../../test/collector.ts';
import { openDuckdb } from '../../../test/open-duckdb.ts';
import type { OpenDuckdb } from '../../../test/open-duckdb.ts';
import { batchOf } from '../../ingest/batch.ts';
import { takeColumns } from '../../ingest/columns.ts';
import type { DuckdbStore } from './index.ts';

const DAY = 86_400_000;
const today = Math.floor(Date.now() / DAY) * DAY;
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const open: DuckdbStore[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close(AbortSignal.timeout(5000));
});

// Every opening has a table of its own, as a collector that was started anew has.
async function openStore(...args: Parameters<typeof openDuckdb>): Promise<OpenDuckdb> {
  const opened = await openDuckdb(...args);
  open.push(opened.store);
  return opened;
}

const folders: { remove(): void }[] = [];
afterEach(() => {
  for (const made of folders.splice(0)) made.remove();
});
function folder(): string {
  const made = temporaryFolder();
  folders.push(made);
  return made.path;
}

// A disk of its own, small enough to be filled; undefined where nobody may mount one.
function mountSmallDisk(): string | undefined {
  const { path } = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    return undefined;
  }
}
const smallDisk = mountSmallDisk();
afterAll(() => {
  if (smallDisk !== undefined) execFileSync('umount', ['-l', smallDisk]);
});

describe('the embedded store', () => {
  it('answers what was written, in order of time, each time once, the last that came standing', async () => {
    const { write, all, store } = await openStore(folder());
    await write(`m,instance=a v=3 ${today + 3}\nm,instance=b v=-0.5 ${today}\n`);
    await write(`m,instance=a v=1 ${today + 1}\nm,instance=a v=2 ${today + 2}\n`);
    await store.flush();
    await write(`m,instance=a v=3 ${today + 3}\nm,instance=a v=22 ${today + 2}\n`);
    expect(await all()).toEqual([
      ['{instance="a"}', [today + 1, today + 2, today + 3], [1, 22, 3]],
      ['{instance="b"}', [today], [-0.5]],
    ]);
    expect(await all('m_v', today + 2, today + 2)).toEqual([['{instance="a"}', [today + 2], [22]]]);
    expect(await all('m_other')).toEqual([]);
    const chosen = await store.select({ name: 'm_v', labels: { instance: 'b' }, from: -1e300, to: 1e300 });
    expect(chosen.map(({ labelText }) => labelText)).toEqual(['{instance="b"}']);
  });

  it('keeps every double and every label as it is', async () => {
    const { write, all, store } = await openStore(folder());
    const values = [0.1, 5e-324, 1.797_693_134_862_315_7e308, -123_456_789.123_456_78, 9_007_199_254_740_991];
    await write(values.map((value, at) => `m,instance=a,x=p\\ "q"\\,y\\=\\z v=${value} ${today + at}\n`).join(''));
    expect(await all()).toEqual([[String.raw`{instance="a",x="p \"q\",y=\\z"}`, values.map((_, at) => today + at), values]]);
    const chosen = await store.select({ name: 'm_v', labels: { x: String.raw`p "q",y=\z` }, from: 0, to: 4e12 });
    expect(chosen).toHaveLength(1);
  });

  it('opened again keeps the records of lines aside that it cannot store, and says so', async () => {
    const data = folder();
    const first = await openStore(data);
    await first.write(`m,instance=a v=1 ${today}\n`);
    await first.store.write(
      batchOf('a', Buffer.from(`nonsense\nm,instance=a v=2 ${today + 1}\n`), takeColumns(), today, undefined),
      AbortSignal.timeout(5000),
    );
    const copy = folder();
    cpSync(data, copy, { recursive: true });
    const second = await openStore(copy);
    expect(await second.all()).toEqual([['{instance="a"}', [today, today + 1], [1, 2]]]);
    expect(second.store.refusedLines).toBe(1);
    expect(second.logged.join('\n')).toMatch(/1 lines of the log, .*: it has no fields; .*refused/);
    const [kept = ''] = readdirSync(join(copy, 'duckdb/refused'));
    expect(gunzipSync(readFileSync(join(copy, 'duckdb/refused', kept))).toString()).toContain('nonsense\n');
  });

  it('opened again reads its log exactly once, also where part of it was committed', async () => {
    const data = folder();
    const first = await openStore(data);
    await first.write(`m,instance=a v=1 ${today}\n`);
    await first.store.flush();
    await first.write(`m,instance=a v=2 ${today + 1}\nm,instance=late v=9 ${today - DAY}\n`);
    // Not closed, as after a crash: what follows finds its files as they are.
    const copy = folder();
    cpSync(join(data, 'duckdb'), join(copy, 'duckdb'), { recursive: true });
    for (let round = 0; round < 3; round++) {
      const again = await openStore(copy);
      expect(await again.all()).toEqual([
        ['{instance="a"}', [today, today + 1], [1, 2]],
        ['{instance="late"}', [today - DAY], [9]],
      ]);
      await again.store.close(AbortSignal.timeout(5000));
    }
    const rows = await openStore(copy);
    expect(rows.store.pendingRows).toBe(0);
  });

  it('puts late rows into the file of their day, and answers over all days', async () => {
    const data = folder();
    const { write, all, store } = await openStore(data);
    const days = [0, 3, 1, 2];
    for (const day of days) await write(`m,instance=a v=${day} ${today - day * DAY}\n`);
    await store.flush();
    expect(
      readdirSync(join(data, 'duckdb'))
        .filter((name) => name.endsWith('.duckdb'))
        .sort(),
    ).toEqual(days.map((day) => `${dayOf(today - day * DAY)}.duckdb`).sort());
    expect(await all()).toEqual([['{instance="a"}', [3, 2, 1, 0].map((day) => today - day * DAY), [3, 2, 1, 0]]]);
  });

  it('removes the files of days beyond its retention, and nothing else', async () => {
    const data = folder();
    const { write, store } = await openStore(data, { retention: '30d' });
    for (const day of [0, 1, 5]) await write(`m,instance=a v=${day} ${today - day * DAY}\n`);
    await store.close(AbortSignal.timeout(5000));
    const { all } = await openStore(data, { retention: '2d', retention_1m: '2d', retention_1h: '2d' });
    await expect.poll(() => existsSync(join(data, 'duckdb', `${dayOf(today - 5 * DAY)}.duckdb`))).toBe(false);
    expect(await all()).toEqual([['{instance="a"}', [today - DAY, today], [1, 0]]]);
  });

  it.each(['at its head', 'everywhere', 'to nothing of its own'])(
    'sets a file aside that was damaged %s, serves the other days, and takes new rows for that one',
    async (where) => {
      const data = folder();
      const first = await openStore(data);
      await first.write(`m,instance=a v=1 ${today}\nm,instance=a v=2 ${today - DAY}\n`);
      await first.store.close(AbortSignal.timeout(5000));
      const file = join(data, 'duckdb', `${dayOf(today)}.duckdb`);
      const bytes = readFileSync(file);
      if (where === 'at its head') bytes.fill(0xff, 0, 4096);
      else if (where === 'everywhere') for (let at = 0; at < bytes.length; at += 97) bytes[at] = (bytes[at] as number) ^ 0xff;
      writeFileSync(file, where === 'to nothing of its own' ? 'not a database' : bytes);
      const second = await openStore(data);
      expect(existsSync(`${file}.damaged`)).toBe(true);
      expect(await second.all()).toEqual([['{instance="a"}', [today - DAY], [2]]]);
      await second.write(`m,instance=a v=3 ${today + 5}\n`);
      expect(await second.all()).toEqual([['{instance="a"}', [today - DAY, today + 5], [2, 3]]]);
    },
  );

  it.skipIf(smallDisk === undefined)('waits for room on a full disk, and then has everything once', async () => {
    const data = join(smallDisk as string, 'data');
    const { write, all, store } = await openStore(data);
    await write(`m,instance=a v=1 ${today}\n`);
    await store.flush();
    const lines = Array.from({ length: 300_000 }, (_, at) => `m,instance=b v=${Math.sin(at)} ${today + at * 7 + (at % 3)}\n`);
    await write(lines.join(''));
    fillDisk(join(smallDisk as string, 'filler'));
    await expect(store.flush()).rejects.toThrow(/No space left/);
    expect(store.trouble()).toMatch(/cannot commit/);
    // Tried again while it is still full, and with new rows of a new series behind it.
    await expect(store.flush()).rejects.toThrow(/No space left|invalidated/);
    rmSync(join(smallDisk as string, 'filler'));
    await write(`m,instance=c v=3 ${today}\n`);
    await store.flush();
    expect(store.trouble()).toBeUndefined();
    const counted = async (opened: typeof all): Promise<unknown> => (await opened()).map(([labels, times]) => [labels, times.length]);
    const right = [
      ['{instance="a"}', 1],
      ['{instance="b"}', lines.length],
      ['{instance="c"}', 1],
    ];
    expect(await counted(all)).toEqual(right);
    const copy = folder();
    cpSync(data, copy, { recursive: true });
    expect(await counted((await openStore(copy)).all)).toEqual(right);
  });
});

function fillDisk(file: string): void {
  const block = Buffer.alloc(4096);
  try {
    for (;;) writeFileSync(file, block, { flag: 'a' });
  } catch (error) {
    if (!hasCode(error, 'ENOSPC')) throw error;
  }
}
