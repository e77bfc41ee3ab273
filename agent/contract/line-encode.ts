// Line protocol, written: `measurement,tag=value field=1.5,field=2 1700000000000`, as
// docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference has it. Values are always floats, tags are sorted.

import { COMMA, DOT, MINUS, NEWLINE, SPACE, ZERO } from './ascii.ts';

/** A text as a measurement may carry it. */
export function escapeMeasurement(text: string): string {
  return clean(text).replace(/[, ]/g, '\\$&');
}

/** A text as a tag's key or value, or a field's key, may carry it. */
export function escapeTag(text: string): string {
  return clean(text).replace(/[,= ]/g, '\\$&');
}

// Line breaks would start another line, and a backslash at the end would escape what follows it.
function clean(text: string): string {
  return text.replace(/[\r\n\t\0]+/g, ' ').replace(/\\+$/, '');
}

/** The head of a line: measurement and sorted tags. A tag without value is left out, as the protocol has no empty ones. */
export function encodeHead(set: string, tags: Readonly<Record<string, string>>): Buffer {
  const written = Object.entries(tags)
    .filter(([, value]) => clean(value) !== '')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, value]) => `,${escapeTag(key)}=${escapeTag(value)}`);
  return Buffer.from(escapeMeasurement(set) + written.join(''));
}

/** A key with its equals sign, ready to stand before a value. */
export function encodeFieldKey(field: string): Buffer {
  return Buffer.from(`${escapeTag(field)}=`);
}

/**
 * Writes lines into one buffer that grows and is used again. Nothing is allocated per sample, except for a number with
 * more than nine decimals or an exponent.
 */
export interface LineWriter {
  /** Starts a line; `head` as {@link encodeHead} makes it. */
  head(head: Uint8Array): void;
  /** Adds a field; `key` as {@link encodeFieldKey} makes it. The value must be finite. */
  field(key: Uint8Array, value: number): void;
  /** Ends the line with its timestamp, in the precision the reader is told. */
  end(timestamp: number): void;
  /** What has been written since the last `clear`; valid until the next call. */
  written(): Buffer;
  readonly length: number;
  clear(): void;
}

/** A writer with room for `size` bytes to begin with. */
export function lineWriter(size = 16_384): LineWriter {
  let bytes = Buffer.allocUnsafeSlow(size);
  let at = 0;
  let fields = 0;

  const room = (more: number): void => {
    if (at + more <= bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, at + more));
    bytes.copy(grown, 0, 0, at);
    bytes = grown;
  };
  const copy = (source: Uint8Array): void => {
    // Heads and keys are short: a loop beats the call that a typed array's `set` costs.
    for (let i = 0; i < source.length; i++) bytes[at++] = source[i] ?? 0;
  };

  return {
    head(head) {
      room(head.length + 64);
      copy(head);
      fields = 0;
    },
    field(key, value) {
      room(key.length + 64);
      bytes[at++] = fields++ === 0 ? SPACE : COMMA;
      copy(key);
      at = writeNumber(bytes, at, value);
    },
    end(timestamp) {
      room(32);
      bytes[at++] = SPACE;
      at = writeNumber(bytes, at, timestamp);
      bytes[at++] = NEWLINE;
    },
    written: () => bytes.subarray(0, at),
    get length() {
      return at;
    },
    clear() {
      at = 0;
    },
  };
}

const MAX_DECIMALS = 9;

/** Writes the shortest decimal text that reads back to the same number; returns the place after it. Needs 32 bytes of room. */
export function writeNumber(bytes: Uint8Array, at: number, value: number): number {
  if (Number.isInteger(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return writeInteger(bytes, at, value);
  let power = 1;
  for (let decimals = 1; decimals <= MAX_DECIMALS; decimals++) {
    power *= 10;
    const scaled = Math.round(value * power);
    // Division rounds correctly, so equality proves that the digits read back to this very number.
    if (scaled / power === value && Math.abs(scaled) <= Number.MAX_SAFE_INTEGER) return writeDecimal(bytes, at, scaled, decimals);
  }
  const text = String(value);
  for (let place = 0; place < text.length; place++) bytes[at++] = text.charCodeAt(place);
  return at;
}

function writeInteger(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  if (rest < 0) {
    bytes[at++] = MINUS;
    rest = -rest;
  }
  let end = at + 1;
  for (let bound = 10; rest >= bound; bound *= 10) end++;
  for (let place = end - 1; place >= at; place--) {
    // Small halves divide as integers, several times faster than doubles above 2^31 do.
    const tenth = rest <= 0x7fffffff ? ((rest | 0) / 10) | 0 : Math.floor(rest / 10);
    bytes[place] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
  return end;
}

function writeDecimal(bytes: Uint8Array, start: number, scaled: number, decimals: number): number {
  let at = start;
  let rest = scaled;
  if (rest < 0) {
    bytes[at++] = MINUS;
    rest = -rest;
  }
  const power = 10 ** decimals;
  const whole = Math.floor(rest / power);
  at = writeInteger(bytes, at, whole);
  bytes[at] = DOT;
  let fraction = rest - whole * power;
  for (let place = at + decimals; place > at; place--) {
    const tenth = ((fraction | 0) / 10) | 0;
    bytes[place] = ZERO + (fraction - tenth * 10);
    fraction = tenth;
  }
  return at + decimals + 1;
}
