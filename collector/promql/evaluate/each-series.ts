import type { Selector } from '../ast.ts';
import type { SeriesSamples } from '../queryable.ts';
import type { Evaluator } from './evaluator.ts';
import { momentsOf, type Moments, type Scope } from './scope.ts';

/** What a selector needs: the moments it is looked at, how far each window reaches back, and the function around it. */
export interface Needed {
  readonly moments: Moments;
  readonly reach: number;
  readonly call: string;
}

/** What a selector needs at the steps of a scope. */
export function neededBy(evaluator: Evaluator, selector: Selector, scope: Scope, call: string): Needed {
  const moments = momentsOf(selector, scope, evaluator.question);
  return { moments, reach: selector.range ?? evaluator.limits.lookback, call };
}

/**
 * Asks the store for the series of a selector and passes them on as they come. Few selectors of an evaluation read at the same time,
 * so what stands in memory unread is bounded.
 */
export async function eachSeries(
  evaluator: Evaluator,
  selector: Selector,
  { moments, reach, call }: Needed,
  each: (series: SeriesSamples, dropsName: false) => Promise<void>,
): Promise<void> {
  const { queryable, signal, meter, notes } = evaluator;
  const selection = {
    matchers: selector.matchers,
    // Windows are open on the left, and times are whole milliseconds.
    from: moments.first - reach + 1,
    to: moments.last,
    hint: { call, range: selector.range ?? 0, step: moments.stride },
  };
  await evaluator.gate(async () => {
    for await (const batch of queryable.select(selection, signal)) {
      let samples = 0;
      for (const { times } of batch) samples += times.length;
      meter.read(samples);
      meter.hold(samples);
      for (const series of batch) {
        if (series.buckets !== undefined) notes.tell(`answered from ${resolutionText(series.buckets.resolution)} roll-ups`);
        await each(series, false);
      }
      meter.release(samples);
    }
  });
}

function resolutionText(milliseconds: number): string {
  return milliseconds % 3_600_000 === 0 ? `${milliseconds / 3_600_000} h` : `${milliseconds / 60_000} m`;
}
