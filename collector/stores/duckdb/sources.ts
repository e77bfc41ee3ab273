import type { LiveDay } from './live-day.ts';
import type { SealedDay } from './sealed/sealed-day.ts';

/** Where samples are: days that take rows, and days that are sealed; late rows make a day both. */
export interface Sources {
  live(): readonly LiveDay[];
  sealed(): readonly SealedDay[];
}

/** A day that can be asked. */
export interface SourceDay {
  /** `2026-11-20`, UTC, and its first and last millisecond. */
  readonly day: string;
  readonly start: number;
  readonly end: number;
  readonly sealed: SealedDay | undefined;
  readonly live: LiveDay | undefined;
}

const DAY_MS = 86_400_000;

/** The days that hold something of this time, in order. */
export function daysWithin(sources: Sources, from: number, to: number): SourceDay[] {
  const sealed = new Map(sources.sealed().map((day) => [day.day, day]));
  const live = new Map(sources.live().map((day) => [day.day, day]));
  return [...new Set([...sealed.keys(), ...live.keys()])]
    .sort()
    .map((day) => {
      const start = Date.parse(day);
      return { day, start, end: start + DAY_MS - 1, sealed: sealed.get(day), live: live.get(day) };
    })
    .filter(({ start, end }) => start <= to && end >= from);
}
