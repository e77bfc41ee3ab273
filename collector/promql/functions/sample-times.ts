import type { RangeFunction, Window } from './function.ts';

const signature = { kind: 'range', args: ['matrix'], optional: 0, returns: 'vector', keepsName: false, experimental: true } as const;

/** When the first, the last, the greatest or the least sample of a window was, in seconds. */
export const sampleTimes: readonly RangeFunction[] = [
  { ...signature, name: 'ts_of_first_over_time', of: ({ times, from }) => (times[from] as number) / 1000 },
  { ...signature, name: 'ts_of_last_over_time', of: ({ times, to }) => (times[to - 1] as number) / 1000 },
  { ...signature, name: 'ts_of_max_over_time', of: (window) => timeOf(window, (value, best) => value >= best) },
  { ...signature, name: 'ts_of_min_over_time', of: (window) => timeOf(window, (value, best) => value <= best) },
];

function timeOf({ times, values, from, to }: Window, isBetter: (value: number, best: number) => boolean): number {
  let best = from;
  for (let at = from; at < to; at++) {
    if (isBetter(values[at] as number, values[best] as number) || isNaN(values[best] as number)) best = at;
  }
  return (times[best] as number) / 1000;
}
