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

/** A file's columns, by how they are written. */
export interface SealedLayout extends Layout {
  /** Those that most of the file is: their bytes are worth more time. */
  readonly fine: readonly string[];
  /** Those of which nobody knows before whether distances or the numbers themselves are smaller: both are tried. */
  readonly either: readonly string[];
}

/** Up to here zstd is quick; at the other level it takes three times as long for a sixteenth less. */
const QUICK = 9;
const FINE = 17;

/** Begins the file `path`. */
export async function openRowGroups(path: string, layout: SealedLayout, write: WriteRowGroup): Promise<RowGroups> {
  const file = await joinRowGroups(path, layout);
  const parts = { fine: `${path}.fine`, quick: `${path}.quick`, plain: `${path}.plain` };
  return {
    async append(columns, rows) {
      const some = (wanted: (name: string) => boolean): readonly Column[] => columns.filter(({ name }) => wanted(name));
      // Version 2 has distances of whole numbers, and bytes by their place of others.
      await write(
        parts.fine,
        some((name) => layout.fine.includes(name)),
        rows,
        { version: 'v2', level: FINE },
      );
      await write(
        parts.quick,
        some((name) => !layout.fine.includes(name)),
        rows,
        { version: 'v2', level: QUICK },
      );
      await write(
        parts.plain,
        some((name) => layout.either.includes(name)),
        rows,
        { version: 'v1', level: QUICK },
      );
      await file.append(Object.values(parts));
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
