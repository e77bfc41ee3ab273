// Line protocol, read: bytes in, numbers out, no strings but for what is refused. Grammar and escapes as
// docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference has them.

import { BACKSLASH, COMMA, DOT, EQUALS, HASH, MINUS, NEWLINE, QUOTE, RETURN, SPACE, ZERO, isBlank } from './ascii.ts';
import { LONGEST_NUMBER, numberOf, POWERS, quotedExcerpt } from './line-number.ts';
import { DIGITS_BELOW_MS, MS_PER_TICK } from './precision.ts';
import type { Precision } from './precision.ts';

/** The longest measurement with its tags, and the longest key, that InfluxDB takes (models.MaxKeyLength). */
const LONGEST_KEY = 65_535;
/** The longest string that InfluxDB takes (its line protocol reference, data types); one whose end is not found within it does not end. */
const LONGEST_STRING = 65_536;

/**
 * Reads lines one after another. A caller who has seen this head or key before may ask whether it comes again
 * (`headIs`, `keyIs`), which costs one comparison; otherwise `readHead` and `readKey` find their bounds. Any method that
 * answers false for a fault has set `error`; `skipLine` then goes on behind the line.
 */
export class LineReader {
  bytes: Uint8Array;
  at: number;
  readonly end: number;
  /** Bounds of the head (measurement and tags) or key last read. */
  start = 0;
  stop = 0;
  /** The number last read by `readValue`; NaN where the field is a string, which is no fault. */
  value = 0;
  /** The line's time in milliseconds; NaN where it has none. */
  time = 0;
  /** Where the timestamp's digits begin, or where they would. */
  timeStart = 0;
  /** What is wrong with the line. */
  error = '';
  #lineStart = 0;
  /** The digits last read, as a whole number. */
  #run = 0;
  readonly #view: DataView;
  readonly #dropDigits: number;
  readonly #msPerTick: number;

  constructor(bytes: Uint8Array, end: number, precision: Precision) {
    this.bytes = bytes;
    this.at = 0;
    this.end = end;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#dropDigits = DIGITS_BELOW_MS[precision];
    this.#msPerTick = MS_PER_TICK[precision];
  }

  /** Moves to the next line, past empty ones, comments and white space; false at the end, or where none begins before `until`. */
  nextLine(until = this.end): boolean {
    const stop = Math.min(until, this.end);
    while (this.at < stop) {
      const byte = this.bytes[this.at];
      if (byte === NEWLINE || byte === RETURN || isBlank(byte)) this.at++;
      else if (byte !== HASH) {
        this.#lineStart = this.at;
        return true;
      } else this.at = Math.min(this.end, this.#newlineAfter(this.at) + 1);
    }
    return false;
  }

  /** Moves behind the current line; a line break in one of its strings does not end it. */
  skipLine(): void {
    const { bytes } = this;
    // As InfluxDB's scanLine does; a string without end is no reason to skip the lines behind it.
    let fields = false;
    let quoted = false;
    let open = 0;
    const last = Math.min(this.end, this.#lineStart + 2 * LONGEST_STRING);
    for (let at = this.#lineStart; at < last; at++) {
      const byte = bytes[at];
      if (byte === BACKSLASH && bytes[at + 1] !== NEWLINE) at++;
      else if (byte === SPACE) fields = true;
      else if (byte === QUOTE && open > 0) quoted = !quoted;
      else if (byte === NEWLINE && !quoted) {
        this.at = at + 1;
        return;
      } else if (fields && !quoted) open += byte === EQUALS ? 1 : byte === COMMA ? -1 : 0;
    }
    this.at = Math.min(this.end, this.#newlineAfter(this.#lineStart) + 1);
  }

  #newlineAfter(from: number): number {
    const newline = this.bytes.indexOf(NEWLINE, from);
    return newline < 0 || newline > this.end ? this.end : newline;
  }

  /** Whether `length` bytes of `known` from `from` are the head here; moves to the first field if so. */
  headIs(known: DataView, from: number, length: number): boolean {
    const { bytes, at } = this;
    if (at + length >= this.end || bytes[at + length] !== SPACE) return false;
    const view = this.#view;
    // Four bytes at a time, and from the end, where the heads of one node differ (mode=idle).
    let left = length;
    for (; left >= 4; left -= 4) if (view.getInt32(at + left - 4) !== known.getInt32(from + left - 4)) return false;
    for (; left > 0; left--) if (bytes[at + left - 1] !== known.getUint8(from + left - 1)) return false;
    this.start = at;
    this.stop = at + length;
    this.at = this.stop + 1;
    while (bytes[this.at] === SPACE) this.at++;
    return true;
  }

  /** Finds the head's bounds and moves to the first field. */
  readHead(): boolean {
    const { bytes, end } = this;
    let at = this.at;
    this.start = at;
    const last = Math.min(end, at + LONGEST_KEY);
    for (; at < last; at++) {
      const byte = bytes[at];
      if (byte === SPACE) {
        this.stop = at;
        if (at === this.start || bytes[this.start] === COMMA) return this.#fail('it has no measurement');
        while (at < end && bytes[at] === SPACE) at++;
        this.at = at;
        return true;
      }
      if (byte === BACKSLASH && escapes(bytes[at + 1])) at++;
      else if (byte === NEWLINE) break;
    }
    return this.#fail('it has no fields');
  }

  /** Whether `key`, which ends with its equals sign, stands here; moves to the value if so. */
  keyIs(key: DataView): boolean {
    const { at } = this;
    const length = key.byteLength;
    if (at + length >= this.end) return false;
    const view = this.#view;
    let left = length;
    for (; left >= 4; left -= 4) if (view.getInt32(at + left - 4) !== key.getInt32(left - 4)) return false;
    for (; left > 0; left--) if (view.getUint8(at + left - 1) !== key.getUint8(left - 1)) return false;
    this.start = at;
    this.stop = at + length - 1;
    this.at = at + length;
    return true;
  }

  /** Finds the key's bounds, without its equals sign, and moves to the value. */
  readKey(): boolean {
    const { bytes, end } = this;
    let at = this.at;
    this.start = at;
    const last = Math.min(end, at + LONGEST_KEY);
    for (; at < last; at++) {
      const byte = bytes[at];
      if (byte === EQUALS) {
        if (at === this.start) return this.#fail('a field has no key');
        this.stop = at;
        this.at = at + 1;
        return true;
      }
      if (byte === BACKSLASH && escapes(bytes[at + 1])) at++;
      else if (byte === NEWLINE || byte === SPACE || byte === COMMA) break;
    }
    return this.#fail('a field has no value');
  }

  /** Reads a float, `12i`, `12u`, a boolean (1 or 0) or a string (NaN); moves to the comma, space or line end behind it. */
  readValue(): boolean {
    const { bytes, end } = this;
    let at = this.at;
    const start = at;
    const first = bytes[at];
    if (first === MINUS) at++;
    const begin = at;
    at = this.#readDigits(at);
    let mantissa = this.#run;
    let digits = at - begin;
    let decimals = 0;
    if (at < end && bytes[at] === DOT) {
      const point = at + 1;
      at = this.#readDigits(point);
      decimals = at - point;
      digits += decimals;
      if (decimals > 0) mantissa = mantissa * (POWERS[decimals] as number) + this.#run;
    }
    const byte = bytes[at];
    // A mantissa of 15 digits is exact, and one division by an exact power rounds as strtod would.
    if (digits > 0 && digits <= 15 && (at >= end || byte === COMMA || byte === SPACE || byte === NEWLINE || this.#endsLine(at))) {
      this.value = first === MINUS ? -mantissa / (POWERS[decimals] as number) : mantissa / (POWERS[decimals] as number);
      this.at = at;
      return true;
    }
    return this.#readOtherValue(start);
  }

  /** After a value: true where another field follows (moves to its key), false at the end of the fields. */
  nextField(): boolean {
    if (this.at >= this.end || this.bytes[this.at] !== COMMA) return false;
    this.at++;
    return true;
  }

  /** Reads the timestamp, if any, and moves behind the line. */
  readTime(): boolean {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end && isBlank(bytes[at])) at++;
    this.timeStart = at;
    if (this.#endsLine(at)) {
      this.at = at;
      this.time = Number.NaN;
      return true;
    }
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const first = at;
    at = this.#readDigits(at);
    const past = at;
    while (at < end && bytes[at] === SPACE) at++;
    if (past === first || past - first > 19 || !this.#endsLine(at)) return this.#fail('its timestamp is not a whole number');
    // Nanoseconds do not fit a double; the digits below a millisecond are left out rather than rounded.
    const ticks = this.#dropDigits === 0 ? this.#run : this.#leadingDigits(first, past - this.#dropDigits);
    this.time = (negative ? -ticks : ticks) * this.#msPerTick;
    this.at = at;
    return true;
  }

  // Reads digits into #run; returns the place behind them.
  #readDigits(start: number): number {
    const { bytes, end } = this;
    let at = start;
    let nine = 0;
    // Nine digits fit a 32-bit integer, whose steps take a third of a double's.
    const behindNine = Math.min(end, start + 9);
    for (; at < behindNine; at++) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit >>> 0 > 9) {
        this.#run = nine;
        return at;
      }
      nine = (nine * 10 + digit) | 0;
    }
    let run = nine;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit >>> 0 > 9) break;
      run = run * 10 + digit;
    }
    this.#run = run;
    return at;
  }

  #leadingDigits(from: number, to: number): number {
    let digits = 0;
    for (let at = from; at < to; at++) digits = digits * 10 + ((this.bytes[at] as number) - ZERO);
    return digits;
  }

  #readOtherValue(start: number): boolean {
    const { bytes, end } = this;
    if (bytes[start] === QUOTE) return this.#readString(start);
    let at = start;
    const last = Math.min(end, start + LONGEST_NUMBER);
    while (at < last && bytes[at] !== COMMA && bytes[at] !== SPACE && !this.#endsLine(at)) at++;
    const value = at === last && at < end ? undefined : numberOf(bytes, start, at);
    if (value === undefined) {
      this.stop = at;
      return this.#fail(`${quotedExcerpt(bytes, start, at)} is not a number`);
    }
    this.value = value;
    this.at = at;
    return true;
  }

  #readString(start: number): boolean {
    const { bytes } = this;
    const last = Math.min(this.end, start + LONGEST_STRING);
    for (let at = start + 1; at < last; at++) {
      if (bytes[at] === BACKSLASH) at++;
      else if (bytes[at] === QUOTE) {
        this.value = Number.NaN;
        this.at = at + 1;
        return true;
      }
    }
    return this.#fail('a string does not end');
  }

  // `\r\n` ends a line as `\n` does; a `\r` alone is a byte like others.
  #endsLine(at: number): boolean {
    const { bytes, end } = this;
    if (at >= end || bytes[at] === NEWLINE) return true;
    return bytes[at] === RETURN && (at + 1 >= end || bytes[at + 1] === NEWLINE);
  }

  #fail(error: string): false {
    this.error = error;
    return false;
  }
}

// A separator right behind a backslash is escaped, however many backslashes stand there: none escapes another (InfluxDB's rule).
function escapes(byte: number | undefined): boolean {
  return byte !== NEWLINE && byte !== BACKSLASH;
}
