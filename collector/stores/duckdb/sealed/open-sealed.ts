import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { readFooter } from '../parquet/read-footer.ts';
import type { Readers } from '../readers.ts';
import { isWhole } from './checksums.ts';
import { SEALED_FILES, setAside } from './folders.ts';
import type { KnownNames } from './known-names.ts';
import { listSeries } from './list-series.ts';
import { quoted } from './quoted.ts';
import { readBuckets, readSamples } from './read-series.ts';
import { sealedApplied } from './sealed-applied.ts';
import type { Resolution, SealedDay, SealedMatch, SealedName } from './sealed-day.ts';

/** What sealed days are opened with. */
export interface SealedContext {
  readonly readers: Readers;
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
export function openSealed({ readers, directory, known, damaged }: SealedContext, day: string): SealedDay {
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

  const namesWhere = (connection: DuckDBConnection, where: string): Promise<SealedName[]> =>
    listSeries(connection, source(SEALED_FILES.series), where);
  const ofName = async (name: string, signal: AbortSignal): Promise<readonly SealedName[]> => {
    const remembered = known.get(day, name);
    if (remembered !== undefined) return remembered;
    const found = await readers.use(signal, (connection) => namesWhere(connection, `WHERE name = ${quoted(name)}`));
    known.set(day, name, found);
    return found;
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
      const all = name === undefined ? await readers.use(signal, (connection) => namesWhere(connection, '')) : await ofName(name, signal);
      return all.filter((series) => matches(series.name, series.labelText));
    },
    async read(series, { from, to, resolution }, signal = NEVER) {
      if (series.length === 0 || !has(resolution)) return [];
      const read = resolution === 'raw' ? readSamples : readBuckets;
      try {
        return await readers.use(signal, (connection) => read(connection, source(SEALED_FILES[resolution]), { series, from, to }));
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
