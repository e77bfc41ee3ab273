import { unlink } from 'node:fs/promises';
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

/**
 * Begins the file `path`. Columns of every row group are written both in Parquet's v2 encodings (distances, bytes by their place) and as
 * they are, and the smaller one stays: neither suits all values, and which one does cannot be told from them at less cost. `onlyV2` are
 * columns of which it is known.
 */
export async function openRowGroups(
  path: string,
  layout: Layout & { readonly onlyV2: readonly string[] },
  write: WriteRowGroup,
): Promise<RowGroups> {
  const file = await joinRowGroups(path, layout);
  const parts = { v1: `${path}.v1`, v2: `${path}.v2` };
  return {
    async append(columns, rows) {
      await write(parts.v2, columns, rows, 'v2');
      await write(
        parts.v1,
        columns.filter(({ name }) => !layout.onlyV2.includes(name)),
        rows,
        'v1',
      );
      await file.append(Object.values(parts));
    },
    get rows() {
      return file.rows;
    },
    async finish(facts) {
      if (file.rows > 0) {
        for (const part of Object.values(parts)) await unlink(part);
        await file.finish(facts);
      } else {
        await file.abandon();
        await unlink(path);
      }
    },
    abandon: () => file.abandon(),
  };
}
