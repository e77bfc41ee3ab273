import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readers } from '../readers.ts';
import { recoverFolders, removeFolder, SEALED_FILES, sealedDays, setAside, syncPath } from './folders.ts';
import { isWhole } from './checksums.ts';
import { dayQuestions } from './day-questions.ts';
import { knownNames } from './known-names.ts';
import { openSealed } from './open-sealed.ts';
import type { Pace } from './pace.ts';
import type { Resolution, SealedDay } from './sealed-day.ts';

/** The sealed days of a store's folder. */
export interface SealedDays {
  /** Those there are, in order. */
  all(): readonly SealedDay[];
  get(day: string): SealedDay | undefined;
  /** Looks at a day anew, whose files have changed; it may have gone. */
  reopen(day: string): void;
  /** Removes what is older than it is kept: of each resolution the days before this one. Nobody may be reading. Answers what has gone, in words. */
  drop(before: Keep): string[];
  /** Reads every file once, and sets aside what is not what was written. */
  verify(pace: Pace): Promise<void>;
}

/** The first day of which something is kept, by resolution. */
export type Keep = Readonly<Record<Resolution, string>>;

const RESOLUTIONS = { raw: 'samples', '1m': '1 min roll-ups', '1h': '1 h roll-ups' } as const satisfies Record<Resolution, string>;
/** What the series of days asked for of late may take. */
const NAMES_BYTES = 32 * 2 ** 20;

/**
 * Opens the sealed days, once what a crash has left is brought to order. A file that cannot be read is set aside as `NAME.damaged`, and
 * the whole day where that is its series; `damaged` is told.
 */
export function openSealedDays(directory: string, readers: Readers, damaged: (path: string, error: unknown) => void): SealedDays {
  recoverFolders(directory);
  const known = knownNames(NAMES_BYTES);
  const questions = dayQuestions(readers);
  const days = new Map<string, SealedDay>();

  const open = (day: string): void => {
    known.forget(day);
    days.delete(day);
    const folder = join(directory, day);
    if (!existsSync(folder)) return;
    try {
      days.set(day, openSealed({ readers, questions, directory, known, damaged }, day));
    } catch (error) {
      setAside(folder);
      damaged(folder, error);
    }
  };
  for (const day of sealedDays(directory)) open(day);

  return {
    all: () => [...days.keys()].sort().flatMap((day) => days.get(day) ?? []),
    get: (day) => days.get(day),
    reopen: open,
    drop(before) {
      const gone: string[] = [];
      for (const day of Array.from(days.keys())) {
        const old = (Object.keys(RESOLUTIONS) as Resolution[]).filter((resolution) => day < before[resolution]);
        const files = old.filter((resolution) => existsSync(join(directory, day, SEALED_FILES[resolution])));
        if (old.length === Object.keys(RESOLUTIONS).length) {
          removeFolder(directory, day);
          gone.push(day);
        } else if (files.length > 0) {
          for (const resolution of files) rmSync(join(directory, day, SEALED_FILES[resolution]));
          syncPath(join(directory, day));
          gone.push(`${files.map((resolution) => RESOLUTIONS[resolution]).join(' and ')} of ${day}`);
        } else continue;
        open(day);
      }
      return gone;
    },
    async verify({ rest }) {
      for (const { day } of [...days.values()].reverse()) {
        for (const file of Object.values(SEALED_FILES)) {
          await rest();
          const path = join(directory, day, file);
          // What is sealed again or removed meanwhile is not damaged, but gone.
          const before = days.get(day);
          if (!existsSync(path) || (await isWhole(join(directory, day), file).catch(() => true)) || days.get(day) !== before) continue;
          const aside = file === SEALED_FILES.series ? join(directory, day) : path;
          setAside(aside);
          damaged(aside, new Error(`${file} has changed since it was written (SHA256SUMS)`));
          open(day);
        }
      }
    },
  };
}
