import { inOrder } from './in-order.ts';
import { growing } from './flat-samples.ts';
import type { Stretch } from './flat-samples.ts';
import { pieceInMaking } from './piece.ts';
import type { Moments, PieceInMaking } from './piece.ts';
import { readFile, readWaiting } from './read-live.ts';
import type { LiveQuery } from './read-live.ts';
import type { Readers } from './readers.ts';
import type { SampleCache } from './sample-cache.ts';
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

const NOTHING: readonly Stretch[] = [];

/**
 * Samples of some series over these days, each series whole: what waits stands over the file, and the file over the sealed day.
 * Undefined where they are more than `most`.
 *
 * What is committed meanwhile is not missed: rows that wait are copied before any file is looked at, and they are let go of only
 * when they are in the file. What is in both is the same, and counts once.
 */
export async function readPiece(days: readonly SourceDay[], query: PieceQuery, reading: PieceReading): Promise<PieceInMaking | undefined> {
  const { wanted } = query;
  const expected = wanted.reduce((sum, { samples }) => sum + samples, 0);
  const asked = days.map((day) => ({ day, live: day.live, query: liveQuery(day, query, expected) }));
  const waiting = asked.map(({ live, query }) => (live === undefined ? undefined : readWaiting(live, query)));

  const stretches: Stretch[][] = wanted.map(() => []);
  let samples = 0;
  for (const [at, { day, live, query: ofDay }] of asked.entries()) {
    addTo(stretches, await readSealed(day, query));
    const filed = live === undefined ? NOTHING : await readFile(live, ofDay, reading);
    if (filed === undefined) return undefined;
    addTo(stretches, filed);
    addTo(stretches, waiting[at] ?? NOTHING);
    samples = count(stretches);
    if (samples > query.most) return undefined;
    reading.signal.throwIfAborted();
  }

  const piece = pieceInMaking(query.moments === undefined ? samples : wanted.length, query.moments);
  const room = growing();
  for (const [at, { name, labelText }] of wanted.entries()) piece.add(name, labelText, inOrder(stretches[at] ?? [], room));
  return piece;
}

function liveQuery({ live }: SourceDay, { wanted, from, to, most, remember }: PieceQuery, expected: number): LiveQuery {
  const places = wanted.map(({ name, labelText }) => live?.series.ofName(name)?.get(labelText));
  return { places, from, to, expected, most, remember };
}

async function readSealed({ sealed }: SourceDay, { wanted, from, to }: PieceQuery): Promise<Stretch[]> {
  if (sealed === undefined) return [];
  const slots = new Map<string, Map<string, number>>();
  for (const [slot, { name, labelText }] of wanted.entries()) {
    const family = slots.get(name);
    if (family === undefined) slots.set(name, new Map([[labelText, slot]]));
    else family.set(labelText, slot);
  }
  const found: Stretch[] = [];
  for (const [name, family] of slots) {
    const series = await sealed.series({ name, matches: (_, labelText) => family.has(labelText) });
    for (const { labelText, times, values } of await sealed.read(series, { from, to, resolution: 'raw' })) {
      found[family.get(labelText) as number] = { times, values, from: 0, to: times.length };
    }
  }
  return found;
}

function addTo(stretches: readonly Stretch[][], of: readonly (Stretch | undefined)[]): void {
  for (const [at, stretch] of of.entries()) if (stretch !== undefined && stretch.to > stretch.from) stretches[at]?.push(stretch);
}

function count(stretches: readonly (readonly Stretch[])[]): number {
  let samples = 0;
  for (const own of stretches) for (const { from, to } of own) samples += to - from;
  return samples;
}
