import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { syncPath } from './folders.ts';

/** Stands in every sealed day; `sha256sum --check --ignore-missing` reads it, too. */
const SUMS = 'SHA256SUMS';

/** Writes what the files of a folder are, onto the disk. */
export async function writeChecksums(folder: string, files: readonly string[]): Promise<void> {
  const lines: string[] = [];
  for (const file of files) if (existsSync(join(folder, file))) lines.push(`${await sumOf(join(folder, file))}  ${file}\n`);
  writeFileSync(join(folder, SUMS), lines.join(''));
  syncPath(join(folder, SUMS));
}

/** Whether a file of a folder is what it was when it was written; true where nobody knows. @throws Error where it cannot be read. */
export async function isWhole(folder: string, file: string): Promise<boolean> {
  const known = existsSync(join(folder, SUMS)) ? readFileSync(join(folder, SUMS), 'utf8') : '';
  const sum = known.split('\n').find((line) => line.endsWith(`  ${file}`));
  return sum === undefined || sum.startsWith(await sumOf(join(folder, file)));
}

async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}
