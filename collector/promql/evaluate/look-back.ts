import type { SeriesSamples } from '../queryable.ts';
import type { Filler } from './filler.ts';
import type { Moments } from './scope.ts';

const nothing: Float64Array = new Float64Array(0);

/** Steps that take about a millisecond, of which most goes into passing the samples between them. */
const STRETCH = 8192;

/**
 * The latest sample before or at each moment, no older than the look-back (which is open on the left), unless the series has been
 * marked as gone since: its value, or its time in seconds. A series of buckets as long as the look-back, or longer, is looked for further
 * back by a bucket: the sample of a bucket is its last.
 */
export function lookBack(moments: Moments, lookback: number, answer: 'value' | 'time'): Filler {
  let times: Float64Array = nothing;
  let answers: Float64Array = nothing;
  let scale = 1;
  let staleAt: readonly number[] = [];
  let reach = lookback;
  let values: Float64Array = nothing;
  let present: Uint8Array = new Uint8Array(0);
  let next = 0;
  let nextStale = 0;
  let any = false;
  return {
    begin(series: SeriesSamples, valuesTo, presentTo) {
      times = series.times;
      answers = answer === 'value' ? series.values : series.times;
      scale = answer === 'value' ? 1 : 1000;
      staleAt = series.staleAt;
      const resolution = series.buckets?.resolution ?? 0;
      reach = resolution < lookback ? lookback : lookback + resolution;
      values = valuesTo;
      present = presentTo;
      next = 0;
      nextStale = 0;
      any = false;
    },
    fill(from, to) {
      const samples = times.length;
      const marks = staleAt.length;
      for (let step = from; step < to; step++) {
        const moment = moments.first + step * moments.stride;
        while (next < samples && (times[next] as number) <= moment) next++;
        while (nextStale < marks && (staleAt[nextStale] as number) <= moment) nextStale++;
        const latest = next === 0 ? -Infinity : (times[next - 1] as number);
        const isThere = latest > moment - reach && !(nextStale > 0 && (staleAt[nextStale - 1] as number) > latest);
        present[step] = isThere ? 1 : 0;
        if (!isThere) continue;
        values[step] = (answers[next - 1] as number) / scale;
        any = true;
      }
    },
    any: () => any,
    stretch: () => STRETCH,
  };
}
