import { inOrder } from './in-order.ts';
import { growing, push } from './samples.ts';
import type { Growing, Stretch } from './samples.ts';
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

/** Samples of the series that were asked for, a few outside the time among them. */
export interface Found {
  readonly samples: number;
  /** Those of one of them, in the order they came, perhaps in `room`. */
  stretch(at: number, room: Growing): Stretch;
}

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
    const rows = growing();
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
): Promise<Found | undefined> {
  const { partition, series, day } = live;
  const { places, to, expected, most } = query;
  const asOf = cache.asOf(day);
  const cached = places.map((place) => {
    if (partition === undefined || place === undefined || series.numbersOf(place).length === 0) return NOTHING;
    return cache.get(day, place, query.from);
  });
  const held = cached.reduce((sum, stretch) => sum + (stretch === undefined ? 0 : stretch.to - stretch.from), 0);
  const missing = places.filter((_, at) => cached[at] === undefined) as number[];
  if (missing.length === 0 || partition === undefined) return { samples: held, stretch: (at) => cached[at] ?? NOTHING };

  const keeps = query.remember && to >= Date.now() - NEARLY_NOW_MS;
  const from = keeps ? query.from - EARLIER_MS : query.from;
  const source = { catalog: partition.catalog, longestRun: partition.longestRun, series: series.size };
  const numbers = missing.map((place) => series.numbersOf(place));
  const time = { from, to: keeps ? Number.POSITIVE_INFINITY : to };
  const read = await readers.use(signal, (connection) => readRuns(connection, source, { numbers, ...time, expected, most }));
  if (read === undefined) return undefined;
  if (keeps && cache.asOf(day) === asOf && cache.hasRoom(missing.length, read.samples)) {
    const [room, merging] = [growing(), growing()];
    for (const [at, place] of missing.entries()) cache.put(day, place, from, inOrder([read.unpack(at, room)], merging));
  }
  const slots = new Int32Array(places.length);
  let next = 0;
  for (const [at, stretch] of cached.entries()) slots[at] = stretch === undefined ? next++ : -1;
  return {
    samples: held + read.samples,
    stretch: (at, room) => cached[at] ?? read.unpack(slots[at] as number, room),
  };
}
