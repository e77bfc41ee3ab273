/** How a timestamp counts; `ns` is what a sender means who says nothing. */
export type Precision = 'ns' | 'us' | 'ms' | 's' | 'm' | 'h';

/** Digits that a finer precision has beyond milliseconds; what is coarser is multiplied. */
export const DIGITS_BELOW_MS: Readonly<Record<Precision, number>> = { ns: 6, us: 3, ms: 0, s: 0, m: 0, h: 0 };
/** Milliseconds of a tick, once those digits are off. */
export const MS_PER_TICK: Readonly<Record<Precision, number>> = { ns: 1, us: 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The precision of a `precision` parameter (`n` and `u` are InfluxDB 1's names), or undefined where nobody knows it. */
export function precisionOf(word: string): Precision | undefined {
  if (word === 'n' || word === '') return 'ns';
  if (word === 'u' || word === 'µ') return 'us';
  return Object.hasOwn(DIGITS_BELOW_MS, word) ? (word as Precision) : undefined;
}
