import { QueryError } from '../query-error.ts';
import type { CallContext, RangeFunction, Window } from './function.ts';
import { kahanAdd, kahanSum } from './kahan-sum.ts';

const signature = { kind: 'range', args: ['matrix'], optional: 0, returns: 'vector', keepsName: false } as const;

/** Functions of the line that fits the samples best, and of their smoothed course. */
export const trends: readonly RangeFunction[] = [
  {
    ...signature,
    name: 'deriv',
    // A time near the samples' own keeps the sums small and so exact.
    of: (window) => fittedLine(window, window.times[window.from] as number)?.slope,
  },
  {
    ...signature,
    name: 'predict_linear',
    args: ['matrix', 'scalar'],
    of(window, [seconds]) {
      const line = fittedLine(window, window.time);
      return line && line.slope * (seconds as number) + line.intercept;
    },
  },
  {
    ...signature,
    name: 'double_exponential_smoothing',
    args: ['matrix', 'scalar', 'scalar'],
    experimental: true,
    of: smoothed,
  },
];

// Least squares; the intercept is the line's value at the time given.
function fittedLine({ times, values, from, to }: Window, interceptTime: number): { slope: number; intercept: number } | undefined {
  const count = to - from;
  if (count < 2) return undefined;
  const first = values[from] as number;
  const [x, y, xy, xx] = [kahanSum(), kahanSum(), kahanSum(), kahanSum()];
  let isConstant = true;
  for (let at = from; at < to; at++) {
    const value = values[at] as number;
    if (isConstant && at > from && value !== first) isConstant = false;
    const seconds = ((times[at] as number) - interceptTime) / 1000;
    kahanAdd(x, seconds);
    kahanAdd(y, value);
    kahanAdd(xy, seconds * value);
    kahanAdd(xx, seconds * seconds);
  }
  if (isConstant) return Math.abs(first) === Infinity ? { slope: NaN, intercept: NaN } : { slope: 0, intercept: first };
  const [sumX, sumY, sumXY, sumXX] = [x, y, xy, xx].map(({ sum, compensation }) => sum + compensation) as [number, number, number, number];
  const slope = (sumXY - (sumX * sumY) / count) / (sumXX - (sumX * sumX) / count);
  return { slope, intercept: sumY / count - (slope * sumX) / count };
}

// Holt's linear method: a level, and a trend that is smoothed by a factor of its own.
function smoothed({ values, from, to }: Window, [levelFactor, trendFactor]: readonly number[], { at }: CallContext): number | undefined {
  const ofLevel = within('smoothing', 'sf', levelFactor as number, at);
  const ofTrend = within('trend', 'tf', trendFactor as number, at);
  if (to - from < 2) return undefined;
  let level = values[from] as number;
  let before = 0;
  let trend = (values[from + 1] as number) - level;
  for (let next = from + 1; next < to; next++) {
    if (next > from + 1) trend = ofTrend * (level - before) + (1 - ofTrend) * trend;
    before = level;
    level = ofLevel * (values[next] as number) + (1 - ofLevel) * (level + trend);
  }
  return level;
}

function within(name: string, short: string, factor: number, at: CallContext['at']): number {
  if (factor <= 0 || factor >= 1) {
    throw new QueryError('execution', `invalid ${name} factor. Expected: 0 < ${short} < 1, got: ${factor.toFixed(6)}`, at);
  }
  return factor;
}
