import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoted } from './sealed/quoted.ts';

/** Somebody else has the folder. */
export class InUse extends Error {
  override readonly name = 'InUse';
  readonly pid: number;

  constructor(directory: string, pid: number, cause: unknown) {
    super(`${directory} is in use by process ${pid}; stop that collector, or give this one another folder: --data DIR`, { cause });
    this.pid = pid;
  }
}

/**
 * Holds a store's folder as long as the connection's instance lives. DuckDB locks its files; the one called `lock` is there for its lock
 * alone: it is taken before any other file or the log is looked at, which another collector may be writing.
 *
 * @throws InUse where another process has it.
 */
export async function holdDirectory(connection: DuckDBConnection, directory: string): Promise<void> {
  try {
    await connection.run(`ATTACH ${quoted(join(directory, 'lock'))} AS held`);
  } catch (error) {
    const [, holder] = /lock is held in .*?\(PID (\d+)\)/.exec(String(error)) ?? [];
    if (holder === undefined) throw error;
    throw new InUse(directory, Number(holder), error);
  }
}
