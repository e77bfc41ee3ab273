import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Names in the folder of a sealed day. `samples` and the roll-ups go as their retention asks; `series` stays to the end. */
export const SEALED_FILES = { series: 'series.parquet', raw: 'samples.parquet', '1m': '1m.parquet', '1h': '1h.parquet' } as const;

/** Behind the day: being written, and of no worth yet; written, and about to take the day's place. */
const SEALING = '.sealing';
const SEALED = '.sealed';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The folder that a day is sealed into, which is not there or whatever a crash has left. */
export function sealingFolder(directory: string, day: string): string {
  return join(directory, day + SEALING);
}

/** The days that are sealed, in order. */
export function sealedDays(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && DAY.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** Says that what stands in the sealing folder, on the disk, is whole: from here on it is the day, whatever crashes. */
export function keepSealed(directory: string, day: string): void {
  syncPath(join(directory, day + SEALING));
  rmSync(join(directory, day + SEALED), { recursive: true, force: true });
  renameSync(join(directory, day + SEALING), join(directory, day + SEALED));
  syncPath(directory);
}

/** Puts what `keepSealed` kept in the day's place. Nobody may be reading the day. */
export function replaceDay(directory: string, day: string): void {
  rmSync(join(directory, day), { recursive: true, force: true });
  renameSync(join(directory, day + SEALED), join(directory, day));
  syncPath(directory);
}

/** Removes a day, whatever crashes. */
export function removeFolder(directory: string, day: string): void {
  rmSync(join(directory, day + SEALING), { recursive: true, force: true });
  renameSync(join(directory, day), join(directory, day + SEALING));
  syncPath(directory);
  rmSync(join(directory, day + SEALING), { recursive: true });
}

/** Brings a folder to order that was left by a crash: what is whole takes its place, what is not is removed. */
export function recoverFolders(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.endsWith(SEALING) && DAY.test(name.slice(0, -SEALING.length))) rmSync(join(directory, name), { recursive: true });
    else if (name.endsWith(SEALED) && DAY.test(name.slice(0, -SEALED.length))) replaceDay(directory, name.slice(0, -SEALED.length));
  }
}

/** Gives what cannot be read another name, which says so: for whoever can mend it. */
export function setAside(path: string): void {
  const name = (copy: number): string => `${path}.damaged${copy === 1 ? '' : `-${copy}`}`;
  let copy = 1;
  while (existsSync(name(copy))) copy++;
  renameSync(path, name(copy));
}

/** Waits until a file or a folder is on the disk. */
export function syncPath(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
