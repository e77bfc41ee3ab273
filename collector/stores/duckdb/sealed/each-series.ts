import type { Cursor } from './cursors.ts';
import type { DaySource } from './day-source.ts';
import { clearGathered, emptyGathered, settle } from './gathered.ts';
import type { Gathered } from './gathered.ts';
import type { OlderBucket } from './roll-up.ts';

/** Everything there is of a series of a day. */
export interface WholeSeries {
  readonly number: number;
  /** Settled; good until the next series is read. */
  readonly samples: Gathered;
  /** Buckets of older roll-ups whose samples are not there any more. */
  readonly minutes: readonly OlderBucket[];
  readonly hours: readonly OlderBucket[];
}

/** Visits the series of a day in the order of their numbers; what was sealed and what came since are one. */
export async function eachSeries(source: DaySource, visit: (series: WholeSeries) => Promise<void>): Promise<void> {
  const samples = emptyGathered();
  const { older } = source;
  const read = async (number: number, live: Cursor<Gathered> | undefined): Promise<void> => {
    clearGathered(samples);
    // What was sealed came before what is live now.
    if (older?.samples?.number === number) await older.samples.take(samples);
    if (live?.number === number) await live.take(samples);
    settle(samples);
    await visit({ number, samples, minutes: await taken(older?.minutes, number), hours: await taken(older?.hours, number) });
  };
  const olderUpTo = async (end: number): Promise<void> => {
    for (;;) {
      const numbers = [older?.samples, older?.minutes, older?.hours].flatMap((cursor) => cursor?.number ?? []);
      const next = Math.min(...numbers);
      if (next >= end) return;
      await read(next, undefined);
    }
  };
  for await (const live of source.live()) {
    while (live.number !== undefined) {
      await olderUpTo(live.number);
      await read(live.number, live);
    }
  }
  await olderUpTo(Number.POSITIVE_INFINITY);
}

async function taken(cursor: Cursor<OlderBucket[]> | undefined, number: number): Promise<readonly OlderBucket[]> {
  const rows: OlderBucket[] = [];
  if (cursor?.number === number) await cursor.take(rows);
  return rows;
}
