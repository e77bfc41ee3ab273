// Reading numbers out of kernel text without making strings of them. Every function takes bytes and positions; `Cursor` carries the
// position on, so that a reading allocates nothing.

import { DOT, MINUS, NEWLINE, NINE, SPACE, TAB, ZERO } from './contract/ascii.ts';

/** A place in bytes that reading moves on. */
export interface Cursor {
  bytes: Uint8Array;
  at: number;
  /** One past the last byte that may be read. */
  end: number;
}

/** A cursor at the start of `bytes`. */
export function cursor(bytes: Uint8Array, end = bytes.length): Cursor {
  return { bytes, at: 0, end };
}

/** Moves past spaces and tabs. */
export function skipBlanks(c: Cursor): void {
  while (c.at < c.end && (c.bytes[c.at] === SPACE || c.bytes[c.at] === TAB)) c.at++;
}

/** Moves past the next newline, or to the end. */
export function skipLine(c: Cursor): void {
  while (c.at < c.end && c.bytes[c.at] !== NEWLINE) c.at++;
  if (c.at < c.end) c.at++;
}

/** Moves past the word that starts here. */
export function skipWord(c: Cursor): void {
  while (c.at < c.end && !isBlank(c.bytes[c.at])) c.at++;
}

/** Skips blanks and reads a decimal number such as `-12.50`; NaN, without moving past the blanks, where none stands here. Exact up to 2^53. */
export function readNumber(c: Cursor): number {
  skipBlanks(c);
  const start = c.at;
  const negative = c.bytes[c.at] === MINUS;
  if (negative) c.at++;
  let digits = 0;
  let value = 0;
  let scale = 1;
  let fraction = false;
  for (; c.at < c.end; c.at++) {
    const byte = c.bytes[c.at] ?? 0;
    if (byte >= ZERO && byte <= NINE) {
      value = value * 10 + (byte - ZERO);
      digits++;
      if (fraction) scale *= 10;
    } else if (byte === DOT && !fraction) fraction = true;
    else break;
  }
  if (digits === 0) {
    c.at = start;
    return Number.NaN;
  }
  return (negative ? -value : value) / scale;
}

/** Whether the bytes at the cursor are `word`; moves past them if so. */
export function skipIf(c: Cursor, word: Uint8Array): boolean {
  if (c.at + word.length > c.end) return false;
  for (let i = 0; i < word.length; i++) if (c.bytes[c.at + i] !== word[i]) return false;
  c.at += word.length;
  return true;
}

/** The word at the cursor as a string; for names, which are read when a series opens and not again. */
export function wordText(c: Cursor): string {
  skipBlanks(c);
  const start = c.at;
  skipWord(c);
  return Buffer.from(c.bytes.buffer, c.bytes.byteOffset + start, c.at - start).toString('latin1');
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB || byte === NEWLINE;
}
