import type { Piece } from './ask-messages.ts';
import { growing, push, reserve } from './samples.ts';
import type { Growing, Stretch } from './samples.ts';

/** Moments at which only the latest sample counts: `to`, and whole steps before it; with step 0, `to` alone. */
export interface Moments {
  readonly to: number;
  readonly step: number;
}

/** A piece being made, series by series. */
export interface PieceInMaking {
  /** Adds a series' samples, which are in order; nothing where there are none. */
  add(name: string, labelText: string, samples: Stretch): void;
  readonly samples: number;
  finish(): Piece;
}

/** A piece of about so many samples; of which only the last before each moment stay, where these are said. */
export function pieceInMaking(samples: number, moments: Moments | undefined): PieceInMaking {
  const series: string[] = [];
  const ends: number[] = [];
  const staleAt = new Map<number, readonly number[]>();
  const made = growing(Math.max(16, samples));
  return {
    add(name, labelText, stretch) {
      const before = made.length;
      const marks: number[] = [];
      if (moments === undefined) addAll(made, marks, stretch);
      else addLatest(made, marks, stretch, moments);
      if (made.length === before && marks.length === 0) return;
      if (marks.length > 0) staleAt.set(ends.length, marks);
      series.push(name, labelText);
      ends.push(made.length);
    },
    get samples() {
      return made.length;
    },
    finish() {
      // What was reserved and is not needed would be held as long as the piece.
      const whole = made.length > made.times.length / 2;
      const times = whole ? made.times.subarray(0, made.length) : made.times.slice(0, made.length);
      const values = whole ? made.values.subarray(0, made.length) : made.values.slice(0, made.length);
      return { series, ends: Uint32Array.from(ends), times, values, staleAt, buckets: undefined } as Piece;
    },
  };
}

function addAll(made: Growing, marks: number[], stretch: Stretch): void {
  const { times, values, from, to } = stretch;
  reserve(made, made.length + to - from);
  const { times: toTimes, values: toValues } = made;
  let at = made.length;
  for (let sample = from; sample < to; sample++) {
    const value = values[sample] as number;
    if (value === value) {
      toTimes[at] = times[sample] as number;
      toValues[at++] = value;
    } else if (isMark(stretch, sample)) marks.push(times[sample] as number);
  }
  made.length = at;
}

function addLatest(made: Growing, marks: number[], stretch: Stretch, { to: end, step }: Moments): void {
  const { times, values, from, to } = stretch;
  // The moment that the sample kept last belongs to.
  let moment = Number.NEGATIVE_INFINITY;
  for (let sample = from; sample < to; sample++) {
    const value = values[sample] as number;
    const time = times[sample] as number;
    if (value !== value) {
      if (isMark(stretch, sample)) marks.push(time);
      continue;
    }
    if (time <= moment) made.length--;
    else moment = step === 0 ? end : end - Math.floor((end - time) / step) * step;
    push(made, time, value);
  }
}

/** How much longer than usual samples must stay away for a mark between them to mean something. */
const GAP = 1.5;

/**
 * Whether a NaN says that the series is gone. It was written when nothing came for three periods; what came late, out of a
 * spool, may have filled the gap since, and then it says nothing any more.
 */
function isMark({ times, values, from, to }: Stretch, at: number): boolean {
  const before = sampleFrom(values, at, -1, from, to);
  const after = sampleFrom(values, at, 1, from, to);
  if (before < 0 || after < 0) return true;
  const gap = (times[after] as number) - (times[before] as number);
  const earlier = sampleFrom(values, before, -1, from, to);
  const later = sampleFrom(values, after, 1, from, to);
  const gapBefore = earlier < 0 ? Number.POSITIVE_INFINITY : (times[before] as number) - (times[earlier] as number);
  const gapAfter = later < 0 ? Number.POSITIVE_INFINITY : (times[later] as number) - (times[after] as number);
  const usual = Math.min(gapBefore, gapAfter);
  return usual === Number.POSITIVE_INFINITY || gap > GAP * usual;
}

// The next place of a sample that is no NaN; -1 where there is none.
function sampleFrom(values: Float64Array, at: number, direction: 1 | -1, from: number, to: number): number {
  for (let next = at + direction; next >= from && next < to; next += direction) {
    const value = values[next] as number;
    if (value === value) return next;
  }
  return -1;
}
