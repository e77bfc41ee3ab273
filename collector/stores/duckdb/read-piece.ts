import type { Piece } from './ask-messages.ts';
import { firstAtOrAfter, inOrder } from './in-order.ts';
import { growing } from './samples.ts';
import type { Growing, Stretch } from './samples.ts';
import type { LiveDay } from './live-day.ts';
import { pieceInMaking } from './piece.ts';
import type { Moments, PieceInMaking } from './piece.ts';
import { readFile, readWaiting } from './read-live.ts';
import type { Found, LiveQuery } from './read-live.ts';
import type { Readers } from './readers.ts';
import type { SampleCache } from './sample-cache.ts';
import { lengthOf, resolutionOf } from './resolution.ts';
import type { Rolling } from './resolution.ts';
import { rolledPiece } from './rolled-piece.ts';
import type { DayPart, RolledPiece } from './rolled-piece.ts';
import { readSealed } from './read-sealed.ts';
import type { SealedPart } from './read-sealed.ts';
import type { SourceDay } from './sources.ts';
import { turns } from './turns.ts';
import type { Turn } from './turns.ts';
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
  readonly rolling: Rolling;
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
export async function readPiece(
  days: readonly SourceDay[],
  query: PieceQuery,
  reading: PieceReading,
): Promise<{ finish(): Piece } | undefined> {
  const { wanted, from, to, rolling } = query;
  const expected = wanted.reduce((sum, { samples }) => sum + samples, 0);
  const asked = days.map((day) => ({ ...day, query: liveQuery(day.live, query, expected), resolution: resolutionOf(day, rolling) }));
  const waiting = asked.map(({ live, query }) => (live === undefined ? [] : readWaiting(live, query)));
  const older = await Promise.all(
    asked.map(async ({ sealed, resolution }) =>
      sealed === undefined || resolution === undefined ? [] : readSealed(sealed, wanted, { from, to, resolution }, reading.signal),
    ),
  );

  const found: DayFound[] = [];
  let samples = 0;
  for (const [at, { live, query: ofDay, resolution }] of asked.entries()) {
    const filed = live === undefined ? undefined : await readFile(live, ofDay, reading);
    if (live !== undefined && filed === undefined) return undefined;
    const day = { sealed: older[at] ?? [], resolution: lengthOf(resolution ?? 'raw'), filed, waiting: waiting[at] ?? [], room: growing() };
    found.push(day);
    samples += countOf(day.sealed) + (filed?.samples ?? 0) + countOf(day.waiting);
    if (samples > query.most) return undefined;
    reading.signal.throwIfAborted();
  }
  const longest = Math.max(0, ...found.map(({ resolution }) => resolution));
  const turn = turns(reading.signal);
  return longest === 0 ? pieceOfSamples(found, query, samples, turn) : pieceOfBuckets(found, query, longest, turn);
}

/** What was found of a day. */
interface DayFound {
  readonly sealed: readonly (SealedPart | undefined)[];
  /** Of the sealed part's buckets, milliseconds; 0 for samples. */
  readonly resolution: number;
  readonly filed: Found | undefined;
  readonly waiting: readonly Stretch[];
  readonly room: Growing;
}

async function pieceOfSamples(
  found: readonly DayFound[],
  { wanted, from, to, moments }: PieceQuery,
  samples: number,
  turn: Turn,
): Promise<PieceInMaking> {
  const piece = pieceInMaking(moments === undefined ? samples : wanted.length, moments);
  const room = growing();
  for (const [slot, { name, labelText }] of wanted.entries()) {
    // In the order in which they stand over each other; days do not overlap.
    const stretches = found.flatMap((day) => [...sealedSamples(day, slot), ...liveSamples(day, slot)]);
    piece.add(name, labelText, within(inOrder(stretches, room), from, to));
    const pause = turn();
    if (pause !== undefined) await pause;
  }
  return piece;
}

async function pieceOfBuckets(
  found: readonly DayFound[],
  { wanted, from, to, rolling }: PieceQuery,
  longest: number,
  turn: Turn,
): Promise<RolledPiece> {
  const piece = rolledPiece(longest, rolling.isRate);
  const rooms = found.map(() => growing());
  for (const [slot, { name, labelText }] of wanted.entries()) {
    const parts = found.flatMap((day, at): DayPart[] => {
      const room = rooms[at] as Growing;
      if (day.resolution === 0) return [within(inOrder([...sealedSamples(day, slot), ...liveSamples(day, slot)], room), from, to)];
      const part = day.sealed[slot];
      // Rows that come when the samples of their day have gone are seen behind its buckets, until they are sealed, too.
      const late = within(inOrder(liveSamples(day, slot), room), (part?.rolled.times.at(-1) ?? from - 1) + 1, to);
      return part === undefined ? [late] : [{ ...part, resolution: day.resolution }, late];
    });
    piece.add(name, labelText, parts);
    const pause = turn();
    if (pause !== undefined) await pause;
  }
  return piece;
}

function sealedSamples({ sealed }: DayFound, slot: number): Stretch[] {
  const { times, values } = sealed[slot]?.rolled ?? {};
  return times === undefined || values === undefined ? [] : [{ times, values, from: 0, to: times.length }];
}

function liveSamples({ filed, waiting, room }: DayFound, slot: number): Stretch[] {
  return [filed?.stretch(slot, room) ?? [], waiting[slot] ?? []].flat();
}

function liveQuery(live: LiveDay | undefined, { wanted, from, to, most, remember }: PieceQuery, expected: number): LiveQuery {
  const places = wanted.map(({ name, labelText }) => live?.series.ofName(name)?.get(labelText));
  return { places, from, to, expected, most, remember };
}

function countOf(parts: readonly (Stretch | SealedPart | undefined)[]): number {
  let samples = 0;
  for (const part of parts) if (part !== undefined) samples += 'rolled' in part ? part.rolled.times.length : part.to - part.from;
  return samples;
}

function within({ times, values, from, to }: Stretch, earliest: number, latest: number): Stretch {
  const start = firstAtOrAfter(times, from, to, earliest);
  const end = firstAtOrAfter(times, start, to, latest);
  return { times, values, from: start, to: end < to && times[end] === latest ? end + 1 : end };
}
