import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { SEALED_FILES } from './folders.ts';
import { quoted } from './quoted.ts';

/** The highest log record whose rows are in the sealed day of this folder; 0 where there is none. */
export async function sealedAppliedOf(connection: DuckDBConnection, folder: string): Promise<number> {
  const file = join(folder, SEALED_FILES.series);
  if (!existsSync(file)) return 0;
  const reader = await connection.runAndReadAll(
    `SELECT decode(value) FROM parquet_kv_metadata(${quoted(file)}) WHERE decode(key) = 'applied'`,
  );
  return Number(reader.getRows()[0]?.[0] ?? 0);
}
