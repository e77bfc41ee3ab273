import type { Metric } from '../../contract/metric.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { jobMetrics } from './metrics.ts';

/** One value of a job. */
export interface JobValue {
  /** Takes a value that was read. NaN is none; a counter never goes back. */
  note(value: number): void;
  /** The value noted last; NaN before the first. */
  readonly last: number;
}

/** The labels of a job's series. */
export interface JobLabels extends Readonly<Record<string, string>> {
  readonly job_id: string;
  readonly user: string;
  readonly scheduler: string;
}

/** What was read of a job, with a series for each value once there is one. */
export interface JobValues {
  /** The place of one value; the same each time it is asked for. */
  of(name: keyof typeof jobMetrics, labels?: Readonly<Record<string, string>>): JobValue;
  /** Reports what was noted since the last report. */
  report(labels: JobLabels): void;
  /** Reports every value once more, as they were noted last. */
  reportLast(labels: JobLabels): void;
  /** Ends the series. */
  end(): void;
}

interface Place extends JobValue {
  readonly metric: Metric;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: { last: number; fresh: boolean; series: Series | undefined };
}

/** Values of a new job; no series is opened before a report. */
export function openJobValues(series: SamplerContext<unknown>['series']): JobValues {
  const places = new Map<string, Place>();
  // Noted since the last report.
  const fresh: Place[] = [];
  const give = ({ metric, labels: own, state }: Place, labels: JobLabels): void => {
    state.series ??= (series as (metric: Metric, labels: Readonly<Record<string, string>>) => Series)(metric, { ...labels, ...own });
    state.series.set(state.last);
    state.fresh = false;
  };
  return {
    of(name, labels = {}) {
      const key = [name, ...Object.values(labels)].join(' ');
      const known = places.get(key);
      if (known !== undefined) return known;
      const place = openPlace(jobMetrics[name], labels, fresh);
      places.set(key, place);
      return place;
    },
    report(labels) {
      for (const place of fresh) give(place, labels);
      fresh.length = 0;
    },
    reportLast(labels) {
      for (const place of places.values()) if (!Number.isNaN(place.state.last)) give(place, labels);
    },
    end() {
      for (const { state } of places.values()) {
        state.series?.end();
        state.series = undefined;
      }
    },
  };
}

function openPlace(metric: Metric, labels: Readonly<Record<string, string>>, fresh: Place[]): Place {
  const state: Place['state'] = { last: Number.NaN, fresh: false, series: undefined };
  const counts = metric.kind === 'counter';
  const place: Place = {
    metric,
    labels,
    state,
    get last() {
      return state.last;
    },
    note(value) {
      if (Number.isNaN(value)) return;
      state.last = counts && state.last > value ? state.last : value;
      if (!state.fresh) fresh.push(place);
      state.fresh = true;
    },
  };
  return place;
}
