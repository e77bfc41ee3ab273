import { warnOfQuantile } from './quantile-warning.ts';
import type { RangeFunction, Window } from './function.ts';
import { kahanAdd, kahanSum } from './kahan-sum.ts';
import { quantileOf } from './quantile.ts';

const signature = { kind: 'range', args: ['matrix'], optional: 0, returns: 'vector', keepsName: false } as const;

/** How a window's samples are spread. */
export const spreadOverTime: readonly RangeFunction[] = [
  { ...signature, name: 'stdvar_over_time', of: variance },
  { ...signature, name: 'stddev_over_time', of: (window) => Math.sqrt(variance(window)) },
  {
    ...signature,
    name: 'quantile_over_time',
    args: ['scalar', 'matrix'],
    of({ values, from, to }, args, context) {
      const quantile = args[0] as number;
      warnOfQuantile(quantile, context);
      return quantileOf(quantile, values.slice(from, to));
    },
  },
  { ...signature, name: 'mad_over_time', experimental: true, of: medianDeviation },
];

// Welford's method.
function variance({ values, from, to }: Window): number {
  const mean = kahanSum();
  const squares = kahanSum();
  for (let at = from; at < to; at++) {
    const value = values[at] as number;
    const off = value - (mean.sum + mean.compensation);
    kahanAdd(mean, off / (at - from + 1));
    kahanAdd(squares, off * (value - (mean.sum + mean.compensation)));
  }
  return (squares.sum + squares.compensation) / (to - from);
}

// One NaN makes it NaN.
function medianDeviation({ values, from, to }: Window): number {
  if (values.subarray(from, to).some(isNaN)) return NaN;
  const median = quantileOf(0.5, values.slice(from, to));
  return quantileOf(
    0.5,
    values.slice(from, to).map((value) => Math.abs(value - median)),
  );
}
