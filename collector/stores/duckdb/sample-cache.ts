import { firstAtOrAfter, inOrder } from './in-order.ts';
import { growing } from './samples.ts';
import type { Stretch } from './samples.ts';

/**
 * Decoded samples of series that were asked for lately, so that who asks again every few seconds does not read an hour of the file
 * each time. A series held here is whole from some time on: every commit of its day adds its rows.
 */
export interface SampleCache {
  /** What the file of the day holds of a series from `from` on, in order; undefined where that is not held. */
  get(day: string, place: number, from: number): Stretch | undefined;
  /** Whether so many series with so many samples in all may be kept: what is more would leave little else. */
  hasRoom(series: number, samples: number): boolean;
  /**
   * Keeps what the file of the day holds of a series from `from` on, in order. To be called only where `asOf` has not changed
   * since before the file was read: else rows of a commit may be missing.
   */
  put(day: string, place: number, from: number, samples: Stretch): void;
  /** Adds the rows of a commit to the series of its day that are held. */
  extend(day: string, rowsOf: (place: number) => Stretch): void;
  /** Forgets a day. */
  forget(day: string): void;
  /** Counts commits of the day and what else makes samples incomplete that are being read. */
  asOf(day: string): number;
  readonly bytes: number;
}

interface Held {
  readonly day: string;
  readonly place: number;
  /** From when on it is whole. */
  from: number;
  times: Float64Array;
  values: Float64Array;
  length: number;
  /** The earliest time asked for since room was last made; infinite where nobody has asked. */
  asked: number;
  /** Commits since somebody has asked. */
  idle: number;
}

/** What an entry costs besides its samples. */
const ENTRY_BYTES = 200;
const SAMPLE_BYTES = 16;
/** Commits after which a series that nobody asks for is let go of: twenty minutes where one comes every thirty seconds. */
const MOST_IDLE = 40;

/** An empty cache of at most so many bytes. */
export function sampleCache(most: number): SampleCache {
  // The one that was asked for last is the last.
  const entries = new Map<string, Held>();
  const commits = new Map<string, number>();
  const room = growing();
  let bytes = 0;

  const remove = (key: string, held: Held): void => {
    entries.delete(key);
    bytes -= sizeOf(held);
  };
  const changed = (day: string): void => void commits.set(day, (commits.get(day) ?? 0) + 1);

  // With room for a quarter more.
  const hold = (held: Held, { times, values, from, to }: Stretch): void => {
    bytes -= sizeOf(held);
    held.length = to - from;
    held.times = new Float64Array(Math.ceil(held.length * 1.25) + 16);
    held.times.set(times.subarray(from, to));
    held.values = new Float64Array(held.times.length);
    held.values.set(values.subarray(from, to));
    bytes += sizeOf(held);
  };

  // What nobody has asked for since room was made the last time is not taken along.
  const makeRoom = (held: Held): void => {
    if (held.asked !== Number.POSITIVE_INFINITY) held.from = Math.max(held.from, held.asked);
    held.asked = Number.POSITIVE_INFINITY;
    const { times, values, length, from } = held;
    hold(held, { times, values, from: firstAtOrAfter(times, 0, length, from), to: length });
  };

  const append = (held: Held, rows: Stretch): void => {
    const count = rows.to - rows.from;
    const isBehind = held.length === 0 || (rows.times[rows.from] as number) > (held.times[held.length - 1] as number);
    if (count === 0) return;
    if (isBehind && isRising(rows)) {
      if (held.length + count > held.times.length) makeRoom(held);
      if (held.length + count <= held.times.length) {
        held.times.set(rows.times.subarray(rows.from, rows.to), held.length);
        held.values.set(rows.values.subarray(rows.from, rows.to), held.length);
        held.length += count;
        return;
      }
    }
    const whole = inOrder([{ times: held.times, values: held.values, from: 0, to: held.length }, rows], room);
    hold(held, { ...whole, from: firstAtOrAfter(whole.times, whole.from, whole.to, held.from) });
  };

  return {
    get(day, place, from) {
      const key = keyOf(day, place);
      const held = entries.get(key);
      if (held === undefined || held.from > from) return undefined;
      entries.delete(key);
      entries.set(key, held);
      held.asked = Math.min(held.asked, from);
      held.idle = 0;
      const { times, values, length } = held;
      return { times, values, from: firstAtOrAfter(times, 0, length, from), to: length };
    },
    hasRoom: (series, samples) => series * ENTRY_BYTES + samples * SAMPLE_BYTES <= most / 4,
    put(day, place, from, samples) {
      const key = keyOf(day, place);
      const before = entries.get(key);
      if (before !== undefined) remove(key, before);
      const none = { times: new Float64Array(0), values: new Float64Array(0), length: 0 };
      const held: Held = { day, place, from, asked: from, idle: 0, ...none };
      entries.set(key, held);
      bytes += sizeOf(held);
      hold(held, samples);
      for (const [key, held] of entries) {
        if (bytes <= most) break;
        remove(key, held);
      }
    },
    extend(day, rowsOf) {
      changed(day);
      for (const [key, held] of entries) {
        if (held.day !== day) continue;
        if (held.idle++ > MOST_IDLE) remove(key, held);
        else append(held, rowsOf(held.place));
      }
    },
    forget(day) {
      changed(day);
      for (const [key, held] of entries) if (held.day === day) remove(key, held);
    },
    asOf: (day) => commits.get(day) ?? 0,
    get bytes() {
      return bytes;
    },
  };
}

function isRising({ times, from, to }: Stretch): boolean {
  for (let at = from + 1; at < to; at++) if (!((times[at] as number) > (times[at - 1] as number))) return false;
  return true;
}

function keyOf(day: string, place: number): string {
  return `${day} ${place}`;
}

function sizeOf({ times }: Held): number {
  return ENTRY_BYTES + times.length * SAMPLE_BYTES;
}
