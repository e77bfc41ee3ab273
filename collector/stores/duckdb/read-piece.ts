import { firstAtOrAfter, inOrder } from './in-order.ts';
import { growing } from './samples.ts';
import type { Stretch } from './samples.ts';
import type { LiveDay } from './live-day.ts';
import { pieceInMaking } from './piece.ts';
import type { Moments, PieceInMaking } from './piece.ts';
import { readFile, readWaiting } from './read-live.ts';
import type { LiveQuery } from './read-live.ts';
import type { Readers } from './readers.ts';
import type { SampleCache } from './sample-cache.ts';
import type { SealedDay } from './sealed/sealed-day.ts';
import type { SourceDay } from './sources.ts';
import type { Wanted } from './wanted.ts';

/** What pieces are read with. */
export interface PieceReading {
  readonly readers: Readers;
  readonly cache: SampleCache;
  readonly signal: AbortSignal;
}

/** A piece that is asked for. */
export interface PieceQuery {
  readonly wanted: readonly Wanted[];
  /** Milliseconds since the epoch, both inclusive. */
  readonly from: number;
  readonly to: number;
  readonly moments: Moments | undefined;
  /** Of more samples nothing is answered. */
  readonly most: number;
  /** Whether it is all that is asked for, and little. */
  readonly remember: boolean;
}

/**
 * Samples of some series over these days, each series whole: what waits stands over the file, and the file over the sealed day.
 * Undefined where they are more than `most`.
 *
 * What is committed meanwhile is not missed: rows that wait are copied before any file is looked at, and they are let go of only
 * when they are in the file. What is in both is the same, and counts once.
 */
export async function readPiece(days: readonly SourceDay[], query: PieceQuery, reading: PieceReading): Promise<PieceInMaking | undefined> {
  const { wanted, from, to, moments } = query;
  const expected = wanted.reduce((sum, { samples }) => sum + samples, 0);
  const asked = days.map(({ live, sealed }) => ({ live, sealed, query: liveQuery(live, query, expected) }));
  const waiting = asked.map(({ live, query }) => (live === undefined ? [] : readWaiting(live, query)));

  // In the order in which they stand over each other; days do not overlap.
  const sources: ((slot: number) => Stretch | undefined)[] = [];
  let samples = 0;
  for (const [at, { live, sealed, query: ofDay }] of asked.entries()) {
    const older = sealed === undefined ? [] : await readSealed(sealed, query);
    const filed = live === undefined ? undefined : await readFile(live, ofDay, reading);
    const recent = waiting[at] as Stretch[];
    if (live !== undefined && filed === undefined) return undefined;
    samples += countOf(older) + (filed?.samples ?? 0) + countOf(recent);
    if (samples > query.most) return undefined;
    reading.signal.throwIfAborted();
    const room = growing();
    sources.push(
      (slot) => older[slot],
      (slot) => filed?.stretch(slot, room),
      (slot) => recent[slot],
    );
  }

  const piece = pieceInMaking(moments === undefined ? samples : wanted.length, moments);
  const room = growing();
  for (const [slot, { name, labelText }] of wanted.entries()) {
    const stretches = sources.flatMap((source) => source(slot) ?? []);
    piece.add(name, labelText, within(inOrder(stretches, room), from, to));
  }
  return piece;
}

function liveQuery(live: LiveDay | undefined, { wanted, from, to, most, remember }: PieceQuery, expected: number): LiveQuery {
  const places = wanted.map(({ name, labelText }) => live?.series.ofName(name)?.get(labelText));
  return { places, from, to, expected, most, remember };
}

async function readSealed(sealed: SealedDay, { wanted, from, to }: PieceQuery): Promise<(Stretch | undefined)[]> {
  const slots = new Map<string, Map<string, number>>();
  for (const [slot, { name, labelText }] of wanted.entries()) {
    const family = slots.get(name);
    if (family === undefined) slots.set(name, new Map([[labelText, slot]]));
    else family.set(labelText, slot);
  }
  const found: (Stretch | undefined)[] = [];
  for (const [name, family] of slots) {
    const series = await sealed.series({ name, matches: (_, labelText) => family.has(labelText) });
    for (const { labelText, times, values } of await sealed.read(series, { from, to, resolution: 'raw' })) {
      found[family.get(labelText) as number] = { times, values, from: 0, to: times.length };
    }
  }
  return found;
}

function countOf(stretches: readonly (Stretch | undefined)[]): number {
  return stretches.reduce((sum, stretch) => sum + (stretch === undefined ? 0 : stretch.to - stretch.from), 0);
}

function within({ times, values, from, to }: Stretch, earliest: number, latest: number): Stretch {
  const start = firstAtOrAfter(times, from, to, earliest);
  const end = firstAtOrAfter(times, start, to, latest);
  return { times, values, from: start, to: end < to && times[end] === latest ? end + 1 : end };
}
