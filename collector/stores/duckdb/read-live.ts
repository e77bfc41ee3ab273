import { firstAtOrAfter, inOrder } from './in-order.ts';
import { growing, push, stretchOf } from './flat-samples.ts';
import type { Stretch } from './flat-samples.ts';
import type { LiveDay } from './live-day.ts';
import { readRuns } from './read-runs.ts';
import type { Readers } from './readers.ts';
import type { SampleCache } from './sample-cache.ts';

/** Samples that a live day is asked for. */
export interface LiveQuery {
  /** Places of the series among the day's; undefined for those that it does not have. */
  readonly places: readonly (number | undefined)[];
  /** Milliseconds since the epoch, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** How many samples are expected, and of how many nothing is answered. */
  readonly expected: number;
  readonly most: number;
  /** Whether who asks may soon ask again. */
  readonly remember: boolean;
}

/** By series, stretches of its samples, of which each stands over those before it. */
export type Stretches = readonly (readonly Stretch[])[];

/** How much earlier than asked for samples are read that are kept: the next question may look back a little further. */
const EARLIER_MS = 60_000;
/** What is asked for up to a time so near counts as asked for up to now. */
const NEARLY_NOW_MS = 600_000;
const NOTHING: Stretch = { times: new Float64Array(0), values: new Float64Array(0), from: 0, to: 0 };

/** The rows of a live day that wait. Read at once: what is committed from now on may be missing in them, but not in what is read of the file behind it. */
export function readWaiting({ series, waiting }: LiveDay, { places, from, to }: LiveQuery): Stretch[] {
  if (waiting.isEmpty) return places.map(() => NOTHING);
  return places.map((place) => {
    if (place === undefined) return NOTHING;
    const rows = growing(16);
    waiting.each(series.idsOf(place), (time, value) => {
      if (time >= from && time <= to) push(rows, time, value);
    });
    return { times: rows.times, values: rows.values, from: 0, to: rows.length };
  });
}

/** The rows of a live day's file, or of its cache; undefined where they are more than `most`. */
export async function readFile(
  live: LiveDay,
  query: LiveQuery,
  { readers, cache, signal }: { readonly readers: Readers; readonly cache: SampleCache; readonly signal: AbortSignal },
): Promise<Stretch[] | undefined> {
  const { partition, series, day } = live;
  const { places, from, to, expected, most } = query;
  if (partition === undefined) return places.map(() => NOTHING);
  const asOf = cache.asOf(day);
  const found = places.map((place) => {
    if (place === undefined || series.numbersOf(place).length === 0) return NOTHING;
    return cache.get(day, place, from);
  });
  const missing = places.filter((_, at) => found[at] === undefined) as number[];
  if (missing.length > 0) {
    const keeps = query.remember && to >= Date.now() - NEARLY_NOW_MS;
    const read = await readers.use(signal, (connection) =>
      readRuns(
        connection,
        { catalog: partition.catalog, longestRun: partition.longestRun, series: series.size },
        {
          numbers: missing.map((place) => series.numbersOf(place)),
          from: keeps ? from - EARLIER_MS : from,
          to: keeps ? Number.POSITIVE_INFINITY : to,
          expected,
          most,
        },
      ),
    );
    if (read === undefined) return undefined;
    const room = growing();
    const stretches = missing.map((_, at) => inOrder([stretchOf(read, at)], room));
    if (keeps) cache.put(day, missing, from - EARLIER_MS, stretches, asOf);
    let next = 0;
    for (const [at, stretch] of found.entries()) if (stretch === undefined) found[at] = stretches[next++];
  }
  return found.map((stretch = NOTHING) => within(stretch, from, to));
}

function within({ times, values, from, to }: Stretch, earliest: number, latest: number): Stretch {
  const start = firstAtOrAfter(times, from, to, earliest);
  const end = firstAtOrAfter(times, start, to, latest);
  return { times, values, from: start, to: end < to && times[end] === latest ? end + 1 : end };
}
