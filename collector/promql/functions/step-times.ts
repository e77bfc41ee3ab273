import type { Steps } from '../evaluation.ts';

/** The steps' times in seconds since the epoch. */
export function stepSeconds({ start, end, step }: Steps): Float64Array {
  const count = step === 0 ? 1 : Math.floor((end - start) / step) + 1;
  return Float64Array.from({ length: count }, (_, at) => (start + at * step) / 1000);
}
