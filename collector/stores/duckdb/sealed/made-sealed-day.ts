import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openReaders } from '../readers.ts';
import { keepSealed, replaceDay } from './folders.ts';
import { dayQuestions } from './day-questions.ts';
import { knownNames } from './known-names.ts';
import { makeLiveDay } from './made-live-day.ts';
import type { MadeRun } from './made-live-day.ts';
import { openSealed } from './open-sealed.ts';
import type { Resolution, SealedDay, SealedSeries } from './sealed-day.ts';
import { writeSealed } from './write-sealed.ts';
import type { Written } from './write-sealed.ts';

/** The day of tests. */
export const DAY = '2026-11-20';
/** Its first millisecond. */
export const START = Date.UTC(2026, 10, 20);
/** Every series and every time. */
export const all = { matches: () => true, from: 0, to: Number.MAX_SAFE_INTEGER };

/** For tests: a folder in which a day is sealed. */
export interface MadeDay {
  readonly path: string;
  readonly instance: DuckDBInstance;
  /** Seals these runs, with what was sealed before. */
  seal(runs: readonly MadeRun[], options?: { readonly applied?: number; readonly renumber?: number }): Promise<Written>;
  open(): Promise<SealedDay>;
  select(resolution: Resolution): Promise<SealedSeries[]>;
  remove(): void;
}

const damaged = (file: string): never => {
  throw new Error(`${file} was set aside`);
};

/** For tests: nothing is sealed yet. */
export async function madeDay(): Promise<MadeDay> {
  const path = mkdtempSync(join(tmpdir(), 'vigie-test-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const readers = await openReaders(instance, { reading: '256MiB', otherwise: '256MiB' });
  const made: MadeDay = {
    path,
    instance,
    async seal(runs, { applied = 1, renumber } = {}) {
      const file = join(path, `${DAY}.duckdb`);
      rmSync(file, { force: true });
      await makeLiveDay(file, runs, applied, renumber);
      const connection = await instance.connect();
      await connection.run(`ATTACH '${file}' AS live`);
      const options = { signal: new AbortController().signal, rest: 0 };
      const written = await writeSealed({ directory: path, day: DAY, instance, catalog: 'live' }, options);
      await connection.run('DETACH live');
      keepSealed(path, DAY);
      replaceDay(path, DAY);
      return written;
    },
    open: () =>
      Promise.resolve(openSealed({ readers, questions: dayQuestions(readers), directory: path, known: knownNames(1e6), damaged }, DAY)),
    select: async (resolution) => (await made.open()).select({ ...all, resolution }),
    remove() {
      instance.closeSync();
      rmSync(path, { recursive: true });
    },
  };
  return made;
}

/** For tests: a run of a series, its start in milliseconds of the day. */
export function run(name: string, start: number, step: number, values: readonly number[], labelText = '{instance="dahu33"}'): MadeRun {
  return { name, labelText, start: START + start, step, values };
}

/** For tests: times in milliseconds of the day with their values. */
export function samplesOf({ times, values }: SealedSeries): [number, number][] {
  return [...times].map((time, at) => [time - START, values[at] as number]);
}
