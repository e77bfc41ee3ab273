import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import type { Gate } from '../gate.ts';
import type { LiveDay, LiveDays } from '../live-day.ts';
import type { SampleCache } from '../sample-cache.ts';
import { keepSealed, replaceDay, sealingFolder } from './folders.ts';
import type { SealedDays } from './sealed-days.ts';
import { writeSealed } from './write-sealed.ts';

/** What sealing is done with. */
export interface SealingParts {
  readonly directory: string;
  /** Has the live files attached. */
  readonly instance: DuckDBInstance;
  readonly live: LiveDays;
  readonly sealed: SealedDays;
  /** Who reads is in it. */
  readonly changes: Gate;
  /** Who commits is in it. */
  readonly commits: Gate;
  readonly cache: SampleCache;
}

/** A day that was sealed. */
export interface Sealed {
  readonly day: string;
  readonly series: number;
  readonly samples: number;
  readonly seconds: number;
}

/** Makes sealed days of live ones, one at a time. */
export interface Sealing {
  /** Notes that rows of the day were committed. */
  touched(day: string): void;
  /** The day that is to be sealed next: over for long enough, and quiet. Undefined where there is none. */
  due(now: number): string | undefined;
  /**
   * Seals a day, whatever its age; rests for `rest` of the time it works. Undefined where it has no live file, or was written to
   * meanwhile: then nothing has changed.
   *
   * @throws Error where it cannot be read or written; the day is as it was, and due again only after a while.
   */
  seal(day: string, rest: number): Promise<Sealed | undefined>;
  /** Breaks off what is under way, and starts nothing any more. */
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;
/** Nodes' clocks and networks differ: a day takes rows as usual so long after its end. */
const OVER_MS = 3_600_000;
/** Without rows for so long: who sends a backlog is through with it. */
const QUIET_MS = 1_800_000;
/** After a failure, which a person will have to mend. */
const AGAIN_MS = 6 * 3_600_000;

/** Nothing is sealed before it is asked for. */
export function openSealing(parts: SealingParts): Sealing {
  const { directory, live, sealed, changes, commits, cache } = parts;
  const touched = new Map<string, number>();
  const failed = new Map<string, number>();
  const stopping = new AbortController();
  let running: Promise<unknown> = Promise.resolve();

  const lastTouched = (day: string): number => {
    const known = touched.get(day);
    if (known !== undefined) return known;
    const { mtimeMs } = statSync(liveFile(directory, day), { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
    touched.set(day, mtimeMs);
    return mtimeMs;
  };

  // Between commits, so that nothing comes into a file that is about to be removed; and with nobody reading.
  const replace = (day: LiveDay, applied: number): Promise<boolean> =>
    commits.change(async () => {
      if (day.partition === undefined || day.partition.applied > applied) return false;
      keepSealed(directory, day.day);
      await changes.change(async () => {
        replaceDay(directory, day.day);
        await removeLiveFile(directory, live, cache, day);
        sealed.reopen(day.day);
      });
      return true;
    });

  const seal = async (name: string, rest: number): Promise<Sealed | undefined> => {
    const day = live.all().find((one) => one.day === name);
    if (day?.partition === undefined) return undefined;
    const start = performance.now();
    await day.partition.ready();
    const unsealed = { directory, day: name, instance: parts.instance, catalog: day.partition.catalog };
    const { series, samples, applied } = await writeSealed(unsealed, { signal: stopping.signal, rest });
    try {
      if (!(await replace(day, applied))) return undefined;
    } finally {
      rmSync(sealingFolder(directory, name), { recursive: true, force: true });
    }
    return { day: name, series, samples, seconds: (performance.now() - start) / 1000 };
  };

  return {
    touched: (day) => void touched.set(day, Date.now()),
    due(now) {
      return live.all().find(({ day, partition }) => {
        if (partition === undefined || now - Date.parse(day) < DAY_MS + OVER_MS) return false;
        return now - lastTouched(day) >= QUIET_MS && now - (failed.get(day) ?? Number.NEGATIVE_INFINITY) >= AGAIN_MS;
      })?.day;
    },
    seal(day, rest) {
      const next = running.then(async () => {
        stopping.signal.throwIfAborted();
        try {
          const done = await seal(day, rest);
          failed.delete(day);
          if (done === undefined) touched.set(day, Date.now());
          return done;
        } catch (error) {
          failed.set(day, Date.now());
          throw error;
        }
      });
      running = next.catch(() => undefined);
      return next;
    },
    async stop() {
      stopping.abort(new Error('the store closes'));
      await running;
    },
  };
}

/** Removes a day's live file, of which nobody may be reading. */
export async function removeLiveFile(directory: string, live: LiveDays, cache: SampleCache, day: LiveDay): Promise<void> {
  await live.removeFile(day);
  cache.forget(day.day);
  const file = liveFile(directory, day.day);
  for (const path of [file, `${file}.wal`]) if (existsSync(path)) rmSync(path);
}

function liveFile(directory: string, day: string): string {
  return join(directory, `${day}.duckdb`);
}
