import { quoted } from '../go-text.ts';

/** A number as it is written in a question, or what is wrong with it (Go's `ParseInt` with any base, then `ParseFloat`). */
export function numberOf(text: string): number | string {
  const lower = text.toLowerCase();
  if (lower === 'inf') return Infinity;
  if (lower === 'nan') return Number.NaN;
  const digits = lower.replace(/(?<=[\da-fx])_(?=[\da-f])/g, '');
  if (/^0x[\da-f]+$/.test(digits)) {
    const value = BigInt(digits);
    return value < 2n ** 63n ? Number(value) : wrong(text, 'invalid syntax');
  }
  if (/^0[0-7]+$/.test(digits)) {
    const value = BigInt(`0o${digits.slice(1)}`);
    if (value < 2n ** 63n) return Number(value);
  }
  if (!/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(digits)) return wrong(text, 'invalid syntax');
  const value = Number(digits);
  return value === Infinity ? wrong(text, 'value out of range') : value;
}

function wrong(text: string, what: string): string {
  return `error parsing number: strconv.ParseFloat: parsing ${quoted(text)}: ${what}`;
}
