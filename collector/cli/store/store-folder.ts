import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { holdDirectory, InUse } from '../../stores/duckdb/hold-directory.ts';
import { recoverFolders, sealedDays } from '../../stores/duckdb/sealed/folders.ts';
import { quoted } from '../../stores/duckdb/sealed/quoted.ts';
import { loadOptions } from '../load-options.ts';
import { UsageError } from '../usage-error.ts';

/** The embedded store's folder, looked at from outside of a collector. */
export interface StoreFolder {
  readonly directory: string;
  /** The process of a collector that runs on it; undefined where none does, and none can as long as the folder is open. */
  readonly heldBy: number | undefined;
  readonly instance: DuckDBInstance;
  /** Days with sealed files, in order. */
  readonly sealed: readonly string[];
  /** Days with a live file, in order. */
  readonly live: readonly string[];
  /** Bytes of the log, of which some may be in no day yet. */
  readonly logBytes: number;
  /** What was set aside, by its path. */
  readonly damaged: readonly string[];
  /** Attaches a day's live file; answers what it is called in SQL. Only where nobody holds the folder. */
  attach(day: string): Promise<string>;
  detach(day: string): Promise<void>;
  close(): void;
}

/** What is more goes into files. */
const MEMORY = '512MiB';

/** Options of every command on the folder, for parseArgs. */
export const FOLDER_OPTIONS = { config: { type: 'string' }, data: { type: 'string' } } as const;

/** Opens the folder that the configuration names. @throws UsageError where there is no store. */
export async function openStoreFolder(given: {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
}): Promise<StoreFolder> {
  const { data } = await loadOptions(given);
  const directory = join(data, 'duckdb');
  if (!existsSync(directory))
    throw new UsageError(`there is no embedded store in ${data}; name the collector's folder with --data DIR or --config FILE`);
  // Of its own: a collector that runs has one, too.
  const temp = join(directory, `temp-${process.pid}`);
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: MEMORY, temp_directory: temp });
  const connection = await instance.connect();
  const heldBy = await holder(connection, directory);
  if (heldBy === undefined) recoverFolders(directory);
  const names = readdirSync(directory).sort();
  return {
    directory,
    heldBy,
    instance,
    sealed: sealedDays(directory),
    live: names.flatMap((name) => /^(\d{4}-\d{2}-\d{2})\.duckdb$/.exec(name)?.[1] ?? []),
    logBytes: folderBytes(join(directory, 'wal')),
    damaged: [
      ...names.filter((name) => name.includes('.damaged')),
      ...sealedDays(directory).flatMap((day) =>
        readdirSync(join(directory, day))
          .filter((name) => name.includes('.damaged'))
          .map((name) => join(day, name)),
      ),
    ].map((name) => join(directory, name)),
    async attach(day) {
      await connection.run(`ATTACH ${quoted(join(directory, `${day}.duckdb`))} AS ${catalog(day)} (READ_ONLY)`);
      return catalog(day);
    },
    detach: async (day) => void (await connection.run(`DETACH ${catalog(day)}`)),
    close() {
      connection.closeSync();
      instance.closeSync();
      rmSync(temp, { recursive: true, force: true });
    },
  };
}

function catalog(day: string): string {
  return `day_${day.replaceAll('-', '_')}`;
}

async function holder(connection: DuckDBConnection, directory: string): Promise<number | undefined> {
  try {
    await holdDirectory(connection, directory);
    return undefined;
  } catch (error) {
    if (error instanceof InUse) return error.pid;
    throw error;
  }
}

function folderBytes(path: string): number {
  if (!existsSync(path)) return 0;
  return readdirSync(path).reduce((sum, name) => sum + (statSync(join(path, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
