import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Readers } from '../readers.ts';
import { SEALED_FILES } from './folders.ts';
import type { KnownNames } from './known-names.ts';
import { quoted } from './quoted.ts';
import { readBuckets, readSamples } from './read-series.ts';
import { sealedApplied } from './sealed-applied.ts';
import type { Resolution, SealedDay, SealedMatch, SealedName } from './sealed-day.ts';

const NEVER = new AbortController().signal;

/**
 * Opens a sealed day; nothing is kept open between questions.
 *
 * @throws Error where its series cannot be read.
 */
export function openSealed(readers: Readers, directory: string, day: string, known: KnownNames): SealedDay {
  const folder = join(directory, day);
  const source = (file: string): string => `read_parquet(${quoted(join(folder, file))})`;
  const has = (resolution: Resolution): boolean => existsSync(join(folder, SEALED_FILES[resolution]));
  const applied = sealedApplied(folder);

  const namesWhere = async (connection: DuckDBConnection, where: string): Promise<SealedName[]> => {
    const sql = `SELECT series, name, labels, samples, epoch_ms(first)::DOUBLE, epoch_ms(last)::DOUBLE, first_value FROM ${source(SEALED_FILES.series)}`;
    const found: SealedName[] = [];
    for await (const chunk of await connection.stream(`${sql} ${where}`)) {
      for (const [number, name, labelText, samples, first, last, firstValue] of chunk.getRows()) {
        found.push({
          number: Number(number),
          name: String(name),
          labelText: String(labelText),
          samples: Number(samples),
          first: Number(first),
          last: Number(last),
          firstValue: Number(firstValue),
        });
      }
    }
    return found;
  };
  const ofName = async (name: string, signal: AbortSignal): Promise<readonly SealedName[]> => {
    const remembered = known.get(day, name);
    if (remembered !== undefined) return remembered;
    const found = await readers.use(signal, (connection) => namesWhere(connection, `WHERE name = ${quoted(name)}`));
    known.set(day, name, found);
    return found;
  };

  const sealed: SealedDay = {
    day,
    has: { raw: has('raw'), minutes: has('1m'), hours: has('1h') },
    applied,
    async series({ name, matches }: SealedMatch, signal = NEVER) {
      const all = name === undefined ? await readers.use(signal, (connection) => namesWhere(connection, '')) : await ofName(name, signal);
      return all.filter((series) => matches(series.name, series.labelText));
    },
    async read(series, { from, to, resolution }, signal = NEVER) {
      if (series.length === 0 || !has(resolution)) return [];
      const read = resolution === 'raw' ? readSamples : readBuckets;
      return readers.use(signal, (connection) => read(connection, source(SEALED_FILES[resolution]), { series, from, to }));
    },
    async select(query, signal = NEVER) {
      return sealed.read(await sealed.series(query, signal), query, signal);
    },
  };
  return sealed;
}
