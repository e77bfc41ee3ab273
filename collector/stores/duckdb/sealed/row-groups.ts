import { rm, unlink } from 'node:fs/promises';
import { joinRowGroups } from '../parquet/join-row-groups.ts';
import type { Layout } from '../parquet/join-row-groups.ts';
import type { Column, WriteRowGroup } from '../parquet/write-row-group.ts';

/** A Parquet file that is written row group by row group. */
export interface RowGroups {
  append(columns: readonly Column[], rows: number): Promise<void>;
  readonly rows: number;
  /** Ends the file, on the disk; without a row there is none. */
  finish(facts?: Readonly<Record<string, string>>): Promise<void>;
  abandon(): Promise<void>;
}

/** A file's columns; `fine` are those of which most of it is: their bytes are worth more time. */
export interface SealedLayout extends Layout {
  readonly fine: readonly string[];
}

/** Up to here zstd is quick; at the other level it takes three times as long for a sixteenth less. */
const QUICK = 9;
const FINE = 17;

/**
 * Begins the file `path`. Columns of every row group are written both in Parquet's v2 encodings (distances, bytes by their place) and as
 * they are, and the smaller one stays: neither suits all, and which one does cannot be told from the values at less cost. The fine ones are
 * floating-point numbers, of which bytes by their place are always smaller.
 */
export async function openRowGroups(path: string, layout: SealedLayout, write: WriteRowGroup): Promise<RowGroups> {
  const file = await joinRowGroups(path, layout);
  const parts = { fine: `${path}.fine`, v1: `${path}.v1`, v2: `${path}.v2` };
  return {
    async append(columns, rows) {
      const fine = columns.filter(({ name }) => layout.fine.includes(name));
      const others = columns.filter(({ name }) => !layout.fine.includes(name));
      if (fine.length > 0) await write(parts.fine, fine, rows, { version: 'v2', level: FINE });
      for (const version of ['v1', 'v2'] as const) await write(parts[version], others, rows, { version, level: QUICK });
      await file.append(fine.length > 0 ? Object.values(parts) : [parts.v1, parts.v2]);
    },
    get rows() {
      return file.rows;
    },
    async finish(facts) {
      if (file.rows > 0) {
        for (const part of Object.values(parts)) await rm(part, { force: true });
        await file.finish(facts);
      } else {
        await file.abandon();
        await unlink(path);
      }
    },
    abandon: () => file.abandon(),
  };
}
