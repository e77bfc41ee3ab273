import { QueryError } from '../../promql/query-error.ts';
import { lengthOf, resolutionOf } from './resolution.ts';
import type { Rolling } from './resolution.ts';
import type { SeriesTest } from './series-test.ts';
import type { SourceDay } from './sources.ts';
import { turns } from './turns.ts';
import type { Turn } from './turns.ts';

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

/** Series that a question may find: what is known of so many takes some 100 MiB. */
const MOST_SERIES = 500_000;
/** What a series of a live day is thought to have: a sample every five seconds, the agent's default. */
const PERIOD_MS = 5000;
/** Series looked at between two looks at the clock: a regular expression may take long for each. */
const STRETCH = 32;

/**
 * The series of these days that the test takes, in the order of names and label texts. Of a live day that is all of its series,
 * whenever their samples came.
 */
export async function wantedSeries(
  days: readonly SourceDay[],
  { tests, from, to, rolling }: SeriesAsked,
  signal: AbortSignal,
): Promise<Wanted[]> {
  const looking: Looking = { found: foundSeries(), turn: turns(signal), signal };
  const sealed = (day: SourceDay, test: SeriesTest): Promise<void> => {
    const resolution = rolling === undefined ? 0 : lengthOf(resolutionOf(day, rolling) ?? 'raw');
    return addSealed(day, test, { from, to, resolution }, looking);
  };
  for (const test of tests) {
    // Days that are asked for one name at once are read at once; of all names, one day is enough at a time.
    if (test.name !== undefined) await Promise.all(days.map((day) => sealed(day, test)));
    for (const day of days) {
      if (test.name === undefined) await sealed(day, test);
      await addLive(day, test, { from: Math.max(from, day.start), to: Math.min(to, day.end) }, looking);
    }
  }
  await looking.turn();
  return looking.found.inOrder();
}

/** Where series go that are found, and what is asked between them. */
interface Looking {
  readonly found: FoundSeries;
  readonly turn: Turn;
  readonly signal: AbortSignal;
}

interface FoundSeries {
  add(name: string, labelText: string, samples: number): void;
  inOrder(): Wanted[];
}

function foundSeries(): FoundSeries {
  const found = new Map<string, Map<string, Wanted>>();
  let count = 0;
  return {
    add(name, labelText, samples) {
      let family = found.get(name);
      if (family === undefined) found.set(name, (family = new Map()));
      const before = family.get(labelText);
      if (before !== undefined) before.samples += samples;
      else {
        family.set(labelText, { name, labelText, samples });
        if (++count > MOST_SERIES)
          throw new QueryError('execution', `the question finds more than ${MOST_SERIES} series; name a metric or labels`);
      }
    },
    inOrder: () =>
      [...found.keys()].sort().flatMap((name) => {
        const family = [...(found.get(name) as Map<string, Wanted>).values()];
        return family.sort((a, b) => (a.labelText < b.labelText ? -1 : 1));
      }),
  };
}

async function addSealed(
  { sealed }: SourceDay,
  test: SeriesTest,
  { from, to, resolution }: { readonly from: number; readonly to: number; readonly resolution: number },
  { found, turn, signal }: Looking,
): Promise<void> {
  if (sealed === undefined) return;
  // Their labels are looked at here, a few at a time.
  const all = await sealed.series({ name: test.name, matches: takesName(test) }, signal);
  for (const [at, { name, labelText, samples, first, last }] of all.entries()) {
    if (at % STRETCH === 0) await turn();
    if (first > to || last < from || !test.takesLabels(labelText)) continue;
    const time = Math.min(last, to) - Math.max(first, from) + 1;
    const held = Math.ceil((samples * time) / (last - first + 1));
    found.add(name, labelText, resolution === 0 ? held : Math.min(held, Math.ceil(time / resolution) + 1));
  }
}

async function addLive(
  { live }: SourceDay,
  test: SeriesTest,
  { from, to }: { readonly from: number; readonly to: number },
  { found, turn }: Looking,
): Promise<void> {
  if (live === undefined) return;
  const samples = Math.max(1, Math.ceil((Math.min(to, Date.now()) - from) / PERIOD_MS));
  let looked = 0;
  for (const name of test.name === undefined ? live.series.names() : [test.name]) {
    if (!test.takesName(name)) continue;
    for (const labelText of live.series.ofName(name)?.keys() ?? []) {
      if (test.takesLabels(labelText)) found.add(name, labelText, samples);
      const pause = ++looked % STRETCH === 0 ? turn() : undefined;
      if (pause !== undefined) await pause;
    }
  }
}

// Whether a test takes a name, which comes again and again.
function takesName(test: SeriesTest): (name: string) => boolean {
  let last: string | undefined;
  let isTaken = false;
  return (name) => {
    if (name !== last) isTaken = test.takesName(name);
    last = name;
    return isTaken;
  };
}
