import { quoted } from './quoted.ts';

const LOWER_I = 0x69;
const LOWER_U = 0x75;

/** Exact powers of ten, by which a mantissa below 2^53 may be divided with one correct rounding. */
export const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Characters in which a number is looked for. */
export const LONGEST_NUMBER = 512;

const BOOLEANS: Readonly<Record<string, number>> = { t: 1, T: 1, true: 1, True: 1, TRUE: 1, f: 0, F: 0, false: 0, False: 0, FALSE: 0 };
const FLOAT = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The value of a field's text that is no plain decimal: `12i`, `12u`, a boolean (1 or 0), an exponent; undefined where it is no number. */
export function numberOf(bytes: Uint8Array, start: number, stop: number): number | undefined {
  const last = bytes[stop - 1];
  const text = excerpt(bytes, start, last === LOWER_I || last === LOWER_U ? stop - 1 : stop);
  if (last === LOWER_I) return /^-?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? Number(text) : undefined;
  if (last === LOWER_U) return /^\d+$/.test(text) && BigInt.asUintN(64, BigInt(text)) === BigInt(text) ? Number(text) : undefined;
  if (Object.hasOwn(BOOLEANS, text)) return BOOLEANS[text];
  const value = FLOAT.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** The beginning of these bytes as a message repeats it. */
export function quotedExcerpt(bytes: Uint8Array, start: number, stop: number): string {
  return quoted(excerpt(bytes, start, stop));
}

// At most 600 bytes of these bounds, as text.
function excerpt(bytes: Uint8Array, start: number, stop: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(stop, start + 600) - start).toString('utf8');
}
