import type { CallContext, RangeFunction } from '../functions/function.ts';
import type { Labels } from '../labels.ts';
import type { Buckets, SeriesSamples } from '../queryable.ts';
import type { Filler } from './filler.ts';
import type { Moments } from './scope.ts';

const nothing: Float64Array = new Float64Array(0);

/** Samples that functions look at in about a millisecond. */
const SAMPLES_A_STRETCH = 500_000;
const WINDOWS_A_STRETCH = 4096;

/** A function of windows applied to the window (moment - range, moment] of each step; two indices move over the samples, nothing is copied. */
export function windows(
  called: RangeFunction,
  moments: Moments,
  range: number,
  /** The other arguments' values at the steps. */
  others: readonly Float64Array[],
  context: CallContext,
): Filler {
  const { first, stride } = moments;
  const { start: firstStep, step: betweenSteps } = context.steps;
  const window = {
    labels: [] as Labels,
    times: nothing,
    values: nothing,
    buckets: undefined as Buckets | undefined,
    from: 0,
    to: 0,
    // No small integers: these fields hold doubles from the start, which are then written without allocating.
    start: Number.NaN,
    end: Number.NaN,
    time: Number.NaN,
  };
  const args: number[] = others.map(() => Number.NaN);
  let values: Float64Array = nothing;
  let present: Uint8Array = new Uint8Array(0);
  let any = false;
  return {
    begin(series, valuesTo, presentTo) {
      window.labels = series.labels;
      window.times = series.times;
      window.values = series.values;
      window.buckets = series.buckets;
      window.from = 0;
      window.to = 0;
      values = valuesTo;
      present = presentTo;
      any = false;
    },
    fill(fromStep, toStep) {
      const { times } = window;
      const samples = times.length;
      let { from, to } = window;
      for (let step = fromStep; step < toStep; step++) {
        const end = first + step * stride;
        const start = end - range;
        while (to < samples && (times[to] as number) <= end) to++;
        while (from < to && (times[from] as number) <= start) from++;
        present[step] = 0;
        if (from === to) continue;
        window.from = from;
        window.to = to;
        window.start = start;
        window.end = end;
        window.time = firstStep + step * betweenSteps;
        for (let at = 0; at < args.length; at++) args[at] = (others[at] as Float64Array)[step] as number;
        const value = called.of(window, args, context);
        if (value === undefined) continue;
        values[step] = value;
        present[step] = 1;
        any = true;
      }
      window.from = from;
      window.to = to;
    },
    any: () => any,
    stretch: (series) => stretchOf(series, range),
  };
}

/** How many windows have {@link SAMPLES_A_STRETCH} samples between them. */
function stretchOf({ times }: SeriesSamples, range: number): number {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const inWindow = times.length * Math.min(1, range / (span + 1));
  return Math.max(1, Math.min(WINDOWS_A_STRETCH, Math.floor(SAMPLES_A_STRETCH / (inWindow + 1))));
}
