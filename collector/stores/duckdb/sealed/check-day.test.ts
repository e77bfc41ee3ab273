import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/collector.ts';
import { checkSealedDay } from './check-day.ts';
import { writeChecksums } from './checksums.ts';
import { keepSealed, replaceDay, SEALED_FILES } from './folders.ts';
import { dayQuestions } from './day-questions.ts';
import { knownNames } from './known-names.ts';
import { makeLiveDay } from './made-live-day.ts';
import { openReaders } from '../readers.ts';
import { openSealed } from './open-sealed.ts';
import { writeSealed } from './write-sealed.ts';

const DAY = '2026-11-20';
const START = Date.UTC(2026, 10, 20);

let folder: ReturnType<typeof temporaryFolder>;
let instance: DuckDBInstance;
let day: string;
beforeEach(async () => {
  folder = temporaryFolder();
  day = join(folder.path, DAY);
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const runs = ['a', 'b_total'].flatMap((name) =>
    ['dahu1', 'dahu2'].map((host, at) => ({
      name,
      labelText: `{instance="${host}"}`,
      start: START + at,
      step: 1000,
      values: Array.from({ length: 5000 }, (_, second) => Math.sin(second) * 1000 + second),
    })),
  );
  await makeLiveDay(`${day}.duckdb`, runs, 1);
  const connection = await instance.connect();
  await connection.run(`ATTACH '${day}.duckdb' AS live`);
  const options = { signal: new AbortController().signal, rest: 0 };
  await writeSealed({ directory: folder.path, day: DAY, instance, catalog: 'live' }, options);
  keepSealed(folder.path, DAY);
  replaceDay(folder.path, DAY);
});
afterEach(() => {
  instance.closeSync();
  folder.remove();
});

function change(file: string, at: number): void {
  const path = join(day, file);
  const bytes = readFileSync(path);
  const place = Math.floor(bytes.length * at);
  bytes[place] = (bytes[place] as number) ^ 0x10;
  writeFileSync(path, bytes);
}

describe('a sealed day that is checked', () => {
  it('is sound as it was written', async () => {
    expect(await checkSealedDay(instance, day)).toEqual({ series: 4, samples: 20_000, faults: [] });
  });

  it.each([0.1, 0.5, 0.9])('has the file named that has changed, and no other', async (at) => {
    for (const file of Object.values(SEALED_FILES)) {
      const before = readFileSync(join(day, file));
      change(file, at);
      const { faults } = await checkSealedDay(instance, day);
      expect(faults.map(({ path }) => path)).toEqual([join(day, file)]);
      writeFileSync(join(day, file), before);
    }
  });

  it('has a roll-up named that is not that of its samples, whatever its checksum', async () => {
    const connection = await instance.connect();
    const file = join(day, '1m.parquet');
    await connection.run(`CREATE TABLE buckets AS FROM '${file}'`);
    await connection.run(`UPDATE buckets SET sum = sum + 1 WHERE series = 2 AND time = (SELECT max(time) FROM buckets WHERE series = 2)`);
    await connection.run(`COPY (FROM buckets ORDER BY series, time, ms) TO '${file}' (FORMAT parquet)`);
    await writeChecksums(day, Object.values(SEALED_FILES));
    const { faults } = await checkSealedDay(instance, day);
    expect(faults).toEqual([{ path: file, problem: expect.stringMatching(/^the bucket of series 2 at 2026-11-20T01:/) as string }]);
  });

  it('has samples named that are not complete', async () => {
    const connection = await instance.connect();
    const file = join(day, 'samples.parquet');
    await connection.run(`CREATE TABLE kept AS FROM '${file}' WHERE series <> 1 OR epoch_ms(time) % 60000 <> 0`);
    await connection.run(`COPY (FROM kept ORDER BY series, time, ms) TO '${file}' (FORMAT parquet)`);
    await writeChecksums(day, Object.values(SEALED_FILES));
    const { faults } = await checkSealedDay(instance, day);
    expect(faults).toEqual([{ path: file, problem: 'series 1 has 4916 samples instead of 5000' }]);
  });

  it('serves the rest of a day whose samples turn out to be damaged when they are read', async () => {
    const path = join(day, 'samples.parquet');
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4, 400);
    writeFileSync(path, bytes);
    const told: string[] = [];
    const readers = await openReaders(instance, { reading: '256MiB', otherwise: '256MiB' });
    const damaged = (file: string): void => void told.push(file);
    const sealed = openSealed({ readers, questions: dayQuestions(readers), directory: folder.path, known: knownNames(1e6), damaged }, DAY);
    const all = { matches: () => true, from: 0, to: Number.MAX_SAFE_INTEGER };
    expect(await sealed.select({ ...all, resolution: 'raw' })).toEqual([]);
    expect(told).toEqual([path]);
    expect(sealed.has).toMatchObject({ raw: false, minutes: true, hours: true });
    expect(await sealed.select({ ...all, resolution: '1m' })).toHaveLength(4);
    expect(readdirSync(day)).toContain('samples.parquet.damaged');
  });
});
