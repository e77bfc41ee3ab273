import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { factOf, readFooter } from '../parquet/read-footer.ts';
import { SEALED_FILES } from './folders.ts';

/** The highest log record whose rows are in the sealed day of this folder; 0 where there is none. @throws Error where that cannot be read. */
export function sealedApplied(folder: string): number {
  const file = join(folder, SEALED_FILES.series);
  return existsSync(file) ? Number(factOf(readFooter(file), 'applied') ?? 0) : 0;
}
