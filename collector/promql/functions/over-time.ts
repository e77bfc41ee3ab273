import type { RangeFunction, Window } from './function.ts';
import { kahanMeanOf, kahanSumOf } from './kahan-sum.ts';

const signature = { kind: 'range', args: ['matrix'], optional: 0, returns: 'vector', keepsName: false } as const;

/** What a window's samples come to. Of roll-ups they are what all the samples in their buckets come to. */
export const overTime: readonly RangeFunction[] = [
  { ...signature, name: 'sum_over_time', of: ({ buckets, values, from, to }) => kahanSumOf(buckets?.sums ?? values, from, to) },
  {
    ...signature,
    name: 'avg_over_time',
    of: ({ buckets, values, from, to }) =>
      buckets === undefined ? kahanMeanOf(values, from, to) : kahanSumOf(buckets.sums, from, to) / kahanSumOf(buckets.counts, from, to),
  },
  {
    ...signature,
    name: 'count_over_time',
    of: ({ buckets, from, to }) => (buckets === undefined ? to - from : kahanSumOf(buckets.counts, from, to)),
  },
  { ...signature, name: 'min_over_time', of: (window) => least(window.buckets?.mins ?? window.values, window) },
  { ...signature, name: 'max_over_time', of: (window) => greatest(window.buckets?.maxs ?? window.values, window) },
  { ...signature, name: 'last_over_time', keepsName: true, of: ({ values, to }) => values[to - 1] },
  { ...signature, name: 'first_over_time', keepsName: true, of: ({ values, from }) => values[from] },
  { ...signature, name: 'present_over_time', of: () => 1 },
];

// NaN is neither, unless there is nothing else.
function least(values: Float64Array, { from, to }: Window): number {
  let least = values[from] as number;
  for (let at = from + 1; at < to; at++) {
    const value = values[at] as number;
    if (value < least || least !== least) least = value;
  }
  return least;
}

function greatest(values: Float64Array, { from, to }: Window): number {
  let greatest = values[from] as number;
  for (let at = from + 1; at < to; at++) {
    const value = values[at] as number;
    if (value > greatest || greatest !== greatest) greatest = value;
  }
  return greatest;
}
