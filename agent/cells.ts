import { COLON, SPACE } from './contract/ascii.ts';
import { readNumber, skipBlanks, skipWord } from './scan.ts';
import type { Cursor } from './scan.ts';

/** Reads the next cell of a line; NaN where it is no number by itself (`12ab`, `-`), so that only this value has a gap. Never leaves the line. */
export function readCell(c: Cursor): number {
  skipBlanks(c);
  const value = readNumber(c);
  const next = c.bytes[c.at];
  // Blank, tab, newline and carriage return, which are all that may follow a number, stand at or below a space.
  if (c.at >= c.end || (next !== undefined && next <= SPACE)) return value;
  skipWord(c);
  return Number.NaN;
}

/** Reads the next cell as something that only counts up: a negative number is a gap, too. */
export function readCount(c: Cursor): number {
  const value = readCell(c);
  return value >= 0 ? value : Number.NaN;
}

/** The place after the first word of a line and the blank behind it; `start` where the line has but one word. */
export function firstWordEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === SPACE) return at + 1;
  return start;
}

/** The place after the last colon of a line; `start` where it has none. */
export function lastColonEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at > start; at--) if (bytes[at] === COLON) return at + 1;
  return start;
}

/** The place after the third word of a line and the blank behind it; `start` where the line has fewer words. */
export function thirdWordEnd(bytes: Uint8Array, start: number, end: number): number {
  let words = 0;
  let inWord = false;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== SPACE) inWord = true;
    else if (inWord) {
      inWord = false;
      if (++words === 3) return at + 1;
    }
  }
  return start;
}
