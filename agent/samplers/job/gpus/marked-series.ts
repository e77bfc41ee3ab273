import type { Metric } from '../../../contract/metric.ts';
import type { SamplerContext, Series } from '../../../sampler.ts';

/** Series that stay open as long as every round sets them. */
export interface MarkedSeries {
  /** Sets a series; `key` tells it apart from others of the same metric. */
  set<Label extends string>(metric: Metric<Label>, key: string, labels: Readonly<Record<Label, string>>, value: number): void;
  /** Ends the round: what was not set in it is ended. */
  sweep(): void;
  close(): void;
}

/** None yet. */
export function openMarkedSeries(open: SamplerContext<unknown>['series']): MarkedSeries {
  const standing = new Map<string, { readonly series: Series; round: number }>();
  let round = 0;
  const endAll = (ends: (last: number) => boolean): void => {
    for (const [key, { series, round: last }] of standing) {
      if (!ends(last)) continue;
      series.end();
      standing.delete(key);
    }
  };
  return {
    set(metric, key, labels, value) {
      const id = `${metric.name} ${key}`;
      let found = standing.get(id);
      if (found === undefined) {
        const series = (open as (metric: Metric, labels: Readonly<Record<string, string>>) => Series)(metric, labels);
        standing.set(id, (found = { series, round }));
      }
      found.round = round;
      found.series.set(value);
    },
    sweep() {
      endAll((last) => last !== round);
      round++;
    },
    close: () => endAll(() => true),
  };
}
