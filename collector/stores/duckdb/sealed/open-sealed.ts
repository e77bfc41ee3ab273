import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readFooter } from '../parquet/read-footer.ts';
import type { Readers } from '../readers.ts';
import { isWhole } from './checksums.ts';
import { SEALED_FILES, setAside } from './folders.ts';
import type { DayQuestions } from './day-questions.ts';
import type { KnownNames } from './known-names.ts';
import { listSeries } from './list-series.ts';
import { quoted } from './quoted.ts';
import { readSamples } from './read-series.ts';
import { sealedApplied } from './sealed-applied.ts';
import type { Resolution, SealedDay, SealedMatch, SealedName, SealedQuery, SealedSeries } from './sealed-day.ts';

/** What sealed days are opened with. */
export interface SealedContext {
  readonly readers: Readers;
  readonly questions: DayQuestions;
  /** Where the store keeps its files. */
  readonly directory: string;
  readonly known: KnownNames;
  /** Told of a file or a folder that was set aside as `NAME.damaged`. */
  readonly damaged: (path: string, error: unknown) => void;
}

const NEVER = new AbortController().signal;

/**
 * Opens a sealed day; nothing is kept open between questions.
 *
 * @throws Error where its series cannot be read.
 */
export function openSealed({ readers, questions, directory, known, damaged }: SealedContext, day: string): SealedDay {
  const folder = join(directory, day);
  const source = (file: string): string => `read_parquet(${quoted(join(folder, file))})`;
  const has = (resolution: Resolution): boolean => existsSync(join(folder, SEALED_FILES[resolution]));
  const applied = sealedApplied(folder);
  for (const resolution of ['raw', '1m', '1h'] as const) {
    const path = join(folder, SEALED_FILES[resolution]);
    try {
      if (has(resolution)) readFooter(path);
    } catch (error) {
      setAside(path);
      damaged(path, error);
    }
  }

  const allNames = (signal: AbortSignal): Promise<SealedName[]> =>
    readers.use(signal, (connection) => listSeries(connection, source(SEALED_FILES.series), ''));
  const ofName = async (name: string, signal: AbortSignal): Promise<readonly SealedName[]> => {
    const remembered = known.get(day, name);
    if (remembered !== undefined) return remembered;
    const found = await questions.names({ file: join(folder, SEALED_FILES.series), name }, signal);
    known.set(day, name, found);
    return found;
  };
  const readFile = (series: readonly SealedName[], { from, to, resolution }: SealedQuery, signal: AbortSignal): Promise<SealedSeries[]> => {
    if (resolution !== 'raw') return questions.buckets({ file: join(folder, SEALED_FILES[resolution]), series, from, to }, signal);
    return readers.use(signal, (connection) => readSamples(connection, source(SEALED_FILES.raw), { series, from, to }));
  };

  const sealed: SealedDay = {
    day,
    has: {
      get raw() {
        return has('raw');
      },
      get minutes() {
        return has('1m');
      },
      get hours() {
        return has('1h');
      },
    },
    applied,
    async series({ name, matches }: SealedMatch, signal = NEVER) {
      const all = name === undefined ? await allNames(signal) : await ofName(name, signal);
      return all.filter((series) => matches(series.name, series.labelText));
    },
    async read(series, query, signal = NEVER) {
      const { resolution } = query;
      if (series.length === 0 || !has(resolution)) return [];
      try {
        return await readFile(series, query, signal);
      } catch (error) {
        signal.throwIfAborted();
        // The rest is served; where the file is as it was written, it is something else that will not last.
        if (await isWhole(folder, SEALED_FILES[resolution])) throw error;
        const path = join(folder, SEALED_FILES[resolution]);
        setAside(path);
        damaged(path, error);
        return [];
      }
    },
    async select(query, signal = NEVER) {
      return sealed.read(await sealed.series(query, signal), query, signal);
    },
  };
  return sealed;
}
