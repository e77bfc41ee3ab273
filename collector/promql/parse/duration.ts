import { quoted } from '../go-text.ts';

/** Milliseconds of each unit, in the order in which they must come (common/model, ParseDuration). */
const units: ReadonlyMap<string, number> = new Map([
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]);

/** Seconds at most, for which Go's nanoseconds have room. */
export const LONGEST_DURATION = 2 ** 63 / 1e9;

/** The seconds of a duration such as `1h30m`, or what is wrong with it. */
export function durationOf(text: string): number | string {
  const order = [...units.keys()];
  let milliseconds = 0;
  let last = -1;
  for (const [, count, unit] of text.matchAll(/(\d+)(\D*)/g) as Iterable<[string, string, string]>) {
    const size = units.get(unit);
    if (size === undefined) return `unknown unit ${quoted(unit)} in duration ${quoted(text)}`;
    const place = order.indexOf(unit);
    if (place <= last) return `not a valid duration string: ${quoted(text)}`;
    last = place;
    milliseconds += Number(count) * size;
  }
  return milliseconds / 1000 > LONGEST_DURATION ? 'duration out of range' : milliseconds / 1000;
}
