import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/collector.ts';
import { openDuckdb } from '../../../../test/open-duckdb.ts';
import type { OpenDuckdb } from '../../../../test/open-duckdb.ts';
import type { DuckdbStore } from '../index.ts';

const DAY_MS = 86_400_000;
const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const yesterday = today - DAY_MS;

const open: DuckdbStore[] = [];
const folders: { remove(): void }[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close(AbortSignal.timeout(5000));
  for (const folder of folders.splice(0)) folder.remove();
});

function newFolder(): string {
  const folder = temporaryFolder();
  folders.push(folder);
  return folder.path;
}

async function openStore(data: string, options?: Readonly<Record<string, unknown>>): Promise<OpenDuckdb> {
  const opened = await openDuckdb(data, options);
  open.push(opened.store);
  return opened;
}

async function close(store: DuckdbStore): Promise<void> {
  open.splice(open.indexOf(store), 1);
  await store.close(AbortSignal.timeout(5000));
}

const files = (data: string): string[] =>
  readdirSync(join(data, 'duckdb'))
    .filter((name) => name.startsWith('20'))
    .sort();

const a = (time: number, value: number): string => `m,instance=a v=${value} ${time}\n`;
const b = (time: number, value: number): string => `m,instance=b v=${value} ${time}\n`;

describe('the embedded store', () => {
  it('answers the same of a day that was sealed, with the days around it, and after a new start', async () => {
    const data = newFolder();
    const { write, store, all, logged } = await openStore(data);
    for (const at of [0, 1, 2, 3]) await write(a(today - 10_000 + at * 5000, at) + b(today - 20_000 + at * 5000, at * 1.5));
    const before = await all();
    expect(await store.seal(dayOf(yesterday))).toMatchObject({ day: dayOf(yesterday), series: 2, samples: 6 });
    expect(files(data)).toEqual([dayOf(yesterday), `${dayOf(today)}.duckdb`]);
    expect(await all()).toEqual(before);
    expect(logged.join()).toMatch(/sealed .*: 6 samples of 2 series in/);
    await close(store);
    expect(await (await openStore(data)).all()).toEqual(before);
  });

  it('takes late rows for a sealed day, answers them at once, and seals it again', async () => {
    const data = newFolder();
    const { write, store, all } = await openStore(data);
    await write(a(yesterday, 1) + a(yesterday + 1000, 2) + a(yesterday + 2000, 3));
    await store.seal(dayOf(yesterday));
    expect(await store.seal(dayOf(yesterday))).toBeUndefined();

    await write(a(yesterday + 1000, 20) + a(yesterday + 1500, 25) + b(yesterday, 7));
    const whole = [
      ['{instance="a"}', [0, 1000, 1500, 2000].map((after) => yesterday + after), [1, 20, 25, 3]],
      ['{instance="b"}', [yesterday], [7]],
    ];
    expect(await all()).toEqual(whole);
    await store.flush();
    expect(await all()).toEqual(whole);
    expect(files(data)).toEqual([dayOf(yesterday), `${dayOf(yesterday)}.duckdb`]);

    expect(await store.seal(dayOf(yesterday))).toMatchObject({ series: 2, samples: 5 });
    expect(await all()).toEqual(whole);
    expect(files(data)).toEqual([dayOf(yesterday)]);
    await write(a(yesterday + 3000, 4));
    expect((await all())[0]?.[2]).toEqual([1, 20, 25, 3, 4]);
  });

  it('breaks off what it seals when it is closed, and has everything', async () => {
    const data = newFolder();
    const { write, store, all } = await openStore(data);
    for (let at = 0; at < 4; at++) {
      await write(
        Array.from({ length: 20_000 }, (_, row) => `m,instance=n${row % 20} v=${Math.sin(row)} ${yesterday + at * 20_000 + row}\n`).join(
          '',
        ),
      );
    }
    await store.flush();
    const before = await all();
    const sealing = store.seal(dayOf(yesterday)).catch((error: unknown) => error);
    await expect.poll(() => existsSync(join(data, 'duckdb', `${dayOf(yesterday)}.sealing`))).toBe(true);
    await close(store);
    expect(await sealing).toMatchObject({ message: 'the store closes' });
    expect(files(data)).toEqual([`${dayOf(yesterday)}.duckdb`]);
    expect(await (await openStore(data)).all()).toEqual(before);
  });

  it('keeps samples, minutes and hours as long as it is told', async () => {
    const data = newFolder();
    const { write, store } = await openStore(data);
    const days = [2, 5, 10, 20].map((ago) => today - ago * DAY_MS);
    for (const day of days) await write(a(day, 1));
    for (const day of days) await store.seal(dayOf(day));
    await close(store);
    const { all, logged } = await openStore(data, { retention: '3d', retention_1m: '7d', retention_1h: '15d' });
    const [two, five, ten, twenty] = days.map(dayOf) as [string, string, string, string];
    // Said when all of it has been done.
    await expect.poll(() => logged.join()).toContain(`samples and 1 min roll-ups of ${ten}`);
    expect(existsSync(join(data, 'duckdb', twenty))).toBe(false);
    expect(readdirSync(join(data, 'duckdb', ten)).filter((name) => name.endsWith('.parquet'))).toEqual(['1h.parquet', 'series.parquet']);
    expect(readdirSync(join(data, 'duckdb', five)).filter((name) => name.endsWith('.parquet'))).toEqual([
      '1h.parquet',
      '1m.parquet',
      'series.parquet',
    ]);
    expect(files(data)).toEqual([ten, five, two]);
    expect((await all())[0]?.[1]).toEqual([days[0]]);
  });

  it('does not read rows of the log again that are in a sealed day, and numbers its log behind them', async () => {
    const data = newFolder();
    const wal = join(data, 'duckdb', 'wal');
    const { write, store } = await openStore(data);
    await write(a(yesterday, 1));
    const kept = newFolder();
    cpSync(wal, join(kept, 'wal'), { recursive: true });
    await store.seal(dayOf(yesterday));
    await close(store);
    for (const name of readdirSync(join(kept, 'wal'))) copyFileSync(join(kept, 'wal', name), join(wal, name));

    const again = await openStore(data);
    expect(files(data)).toEqual([dayOf(yesterday)]);
    await again.write(a(yesterday + 1, 2));
    await again.store.flush();
    await close(again.store);
    // Were its number not behind the sealed day's, the new file would pass for one that is in it.
    expect((await (await openStore(data)).all())[0]?.[2]).toEqual([1, 2]);
  });
});

// A day that was sealed and then written to: both its folder and its live file, and what it is sealed to.
async function threeStates(
  data: string,
): Promise<{ readonly whole: unknown; readonly folder: string; readonly live: string; readonly next: string }> {
  const folder = join(data, 'duckdb', dayOf(yesterday));
  const live = `${folder}.duckdb`;
  const { write, store, all } = await openStore(data);
  await write(a(yesterday, 1) + a(yesterday + 1000, 2));
  await store.seal(dayOf(yesterday));
  await write(a(yesterday + 1000, 20) + b(yesterday, 7));
  await store.flush();
  const whole = await all();
  const kept = join(newFolder(), 'kept');
  cpSync(folder, kept, { recursive: true });
  await close(store);
  copyFileSync(live, `${kept}.duckdb`);
  const again = await openStore(data);
  await again.store.seal(dayOf(yesterday));
  await close(again.store);
  const next = `${kept}.next`;
  renameSync(folder, next);
  cpSync(kept, folder, { recursive: true });
  copyFileSync(`${kept}.duckdb`, live);
  return { whole, folder, live, next };
}

describe('after a crash', () => {
  it.each([
    [
      'while it is written',
      (folder: string) => {
        mkdirSync(`${folder}.sealing`);
        writeFileSync(join(`${folder}.sealing`, 'samples.parquet.v2'), 'half');
      },
      true,
    ],
    ['when it is kept', (folder: string, next: string) => cpSync(next, `${folder}.sealed`, { recursive: true }), false],
    [
      'when the older day is half removed',
      (folder: string, next: string) => {
        cpSync(next, `${folder}.sealed`, { recursive: true });
        renameSync(join(folder, 'series.parquet'), join(folder, '..', 'gone'));
      },
      false,
    ],
    [
      'when the older day is removed',
      (folder: string, next: string) => {
        cpSync(next, `${folder}.sealed`, { recursive: true });
        renameSync(folder, join(folder, '..', 'gone'));
      },
      false,
    ],
    [
      'when it has taken the place of the older day',
      (folder: string, next: string) => {
        renameSync(folder, join(folder, '..', 'gone'));
        cpSync(next, folder, { recursive: true });
      },
      false,
    ],
  ])('%s a sealed day answers everything, and nothing half stays', async (_, crash, stillLive) => {
    const data = newFolder();
    const { whole, folder, next, live } = await threeStates(data);
    crash(folder, next);
    const { all, store } = await openStore(data);
    expect(await all()).toEqual(whole);
    expect(existsSync(live)).toBe(stillLive);
    expect(files(data)).toEqual(stillLive ? [dayOf(yesterday), `${dayOf(yesterday)}.duckdb`] : [dayOf(yesterday)]);
    await store.seal(dayOf(yesterday));
    expect(await all()).toEqual(whole);
  });

  it('sets a sealed day aside whose series cannot be read, and serves the others', async () => {
    const data = newFolder();
    const { write, store } = await openStore(data);
    await write(a(yesterday, 1) + a(yesterday - DAY_MS, 2));
    for (const day of [yesterday, yesterday - DAY_MS]) await store.seal(dayOf(day));
    await close(store);
    const file = join(data, 'duckdb', dayOf(yesterday), 'series.parquet');
    writeFileSync(file, readFileSync(file).subarray(0, 50));
    const again = await openStore(data);
    expect((await again.all())[0]?.[2]).toEqual([2]);
    expect(files(data)).toEqual([dayOf(yesterday - DAY_MS), `${dayOf(yesterday)}.damaged`]);
    await again.write(a(yesterday, 3));
    expect((await again.all())[0]?.[2]).toEqual([2, 3]);
  });

  it.each([
    ['samples.parquet', [2, 9]],
    ['series.parquet', [9]],
  ])('sets %s aside that has changed, and serves the rest', async (name, rest) => {
    const data = newFolder();
    const { write, store } = await openStore(data);
    await write(a(yesterday, 1) + a(today, 9) + a(yesterday - DAY_MS, 2));
    for (const day of [yesterday, yesterday - DAY_MS]) await store.seal(dayOf(day));
    await close(store);
    for (const day of name === 'series.parquet' ? [yesterday, yesterday - DAY_MS] : [yesterday]) {
      const file = join(data, 'duckdb', dayOf(day), name);
      const bytes = readFileSync(file);
      bytes[30] = (bytes[30] as number) ^ 1;
      writeFileSync(file, bytes);
    }
    const { all } = await openStore(data);
    await expect.poll(async () => (await all())[0]?.[2]).toEqual(rest);
    const gone = name === 'series.parquet' ? `${dayOf(yesterday)}.damaged` : join(dayOf(yesterday), `${name}.damaged`);
    expect(existsSync(join(data, 'duckdb', gone))).toBe(true);
  });
});
