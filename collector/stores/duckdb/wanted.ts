import { QueryError } from '../../promql/query-error.ts';
import { lengthOf, resolutionOf } from './resolution.ts';
import type { Rolling } from './resolution.ts';
import type { SeriesTest } from './series-test.ts';
import type { SourceDay } from './sources.ts';

/** A series that is asked for. */
export interface Wanted {
  readonly name: string;
  readonly labelText: string;
  /** About how many samples it has in the time. */
  samples: number;
}

/** Which series are asked for. */
export interface SeriesAsked {
  /** Any of them may take a series. */
  readonly tests: readonly SeriesTest[];
  /** Milliseconds since the epoch, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** What of samples may be read from roll-ups; undefined where no samples are. */
  readonly rolling: Rolling | undefined;
}

/** Series found, by name and label text. */
export type FoundSeries = Map<string, Map<string, Wanted>>;

/** Series that a question may find: what is known of so many takes some 200 MiB. */
const MOST_SERIES = 1_000_000;
/** What a series of a live day is thought to have: a sample every five seconds, the agent's default. */
const PERIOD_MS = 5000;
/** Series looked at between two looks at the clock. */
const STRETCH = 500;

/**
 * The series of these days that the test takes, in the order of names and label texts. Of a live day that is all of its series,
 * whenever their samples came.
 */
export async function wantedSeries(
  days: readonly SourceDay[],
  { tests, from, to, rolling }: SeriesAsked,
  turn: () => Promise<void> | undefined,
  signal: AbortSignal,
): Promise<Wanted[]> {
  const found: FoundSeries = new Map();
  let count = 0;
  const add = (name: string, labelText: string, samples: number): void => {
    let family = found.get(name);
    if (family === undefined) found.set(name, (family = new Map()));
    const before = family.get(labelText);
    if (before !== undefined) before.samples += samples;
    else {
      family.set(labelText, { name, labelText, samples });
      if (++count > MOST_SERIES)
        throw new QueryError('execution', `the question finds more than ${MOST_SERIES} series; name a metric or labels`);
    }
  };
  const sealed = (day: SourceDay, test: SeriesTest): Promise<void> => {
    const resolution = rolling === undefined ? 0 : lengthOf(resolutionOf(day, rolling) ?? 'raw');
    return addSealed(day, test, { from, to }, resolution, add, signal);
  };
  for (const test of tests) {
    // Days that are asked for one name at once are read at once; of all names, one day is enough at a time.
    if (test.name !== undefined) await Promise.all(days.map((day) => sealed(day, test)));
    for (const day of days) {
      if (test.name === undefined) await sealed(day, test);
      await addLive(day, test, { from: Math.max(from, day.start), to: Math.min(to, day.end) }, add, turn);
    }
  }
  await turn();
  return [...found.keys()].sort().flatMap((name) => inOrder(found.get(name)));
}

type Add = (name: string, labelText: string, samples: number) => void;
type Time = { readonly from: number; readonly to: number };

async function addSealed(
  { sealed }: SourceDay,
  test: SeriesTest,
  { from, to }: Time,
  resolution: number,
  add: Add,
  signal: AbortSignal,
): Promise<void> {
  if (sealed === undefined) return;
  const series = await sealed.series({ name: test.name, matches: takes(test) }, signal);
  for (const { name, labelText, samples, first, last } of series) {
    if (first > to || last < from) continue;
    const time = Math.min(last, to) - Math.max(first, from) + 1;
    const held = Math.ceil((samples * time) / (last - first + 1));
    add(name, labelText, resolution === 0 ? held : Math.min(held, Math.ceil(time / resolution) + 1));
  }
}

async function addLive(
  { live }: SourceDay,
  test: SeriesTest,
  { from, to }: Time,
  add: Add,
  turn: () => Promise<void> | undefined,
): Promise<void> {
  if (live === undefined) return;
  const samples = Math.max(1, Math.ceil((Math.min(to, Date.now()) - from) / PERIOD_MS));
  let looked = 0;
  for (const name of test.name === undefined ? live.series.names() : [test.name]) {
    if (!test.takesName(name)) continue;
    for (const labelText of live.series.ofName(name)?.keys() ?? []) {
      if (test.takesLabels(labelText)) add(name, labelText, samples);
      if (++looked % STRETCH === 0) await turn();
    }
  }
}

/** What a test takes, as sealed days ask it. */
function takes(test: SeriesTest): (name: string, labelText: string) => boolean {
  let lastName: string | undefined;
  let isTaken = false;
  return (name, labelText) => {
    if (name !== lastName) {
      lastName = name;
      isTaken = test.takesName(name);
    }
    return isTaken && test.takesLabels(labelText);
  };
}

function inOrder(family: ReadonlyMap<string, Wanted> = new Map()): Wanted[] {
  return [...family.values()].sort((a, b) => (a.labelText < b.labelText ? -1 : 1));
}
