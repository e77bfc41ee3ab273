import { RE2JS } from 're2js';
import type { Matcher } from '../../collector/promql/ast.ts';
import type { Labels } from '../../collector/promql/labels.ts';
import { labelsKey, labelValue } from '../../collector/promql/labels.ts';
import type { Queryable, SeriesQuestion, SeriesSamples } from '../../collector/promql/queryable.ts';

/** A sample, or a mark that the series is gone as of that time; milliseconds. */
export interface MemorySample {
  readonly time: number;
  readonly value: number | 'stale';
}

/** Samples in memory that can be asked for, for tests. */
export interface MemoryQueryable extends Queryable {
  /** Samples in any order; of two at the same time, the last that came stands. */
  add(labels: Labels, samples: readonly MemorySample[]): void;
  clear(): void;
}

interface Stored {
  readonly labels: Labels;
  readonly samples: Map<number, number | 'stale'>;
}

/** Makes an empty one; it gives a few series at a time, as a store does. */
export function createMemoryQueryable(seriesAtOnce = 3): MemoryQueryable {
  const stored = new Map<string, Stored>();

  function matching(anyOf: readonly (readonly Matcher[])[], from: number, to: number): SeriesSamples[] {
    const tests = anyOf.map((matchers) => matchers.map(conditionOf));
    const answers = [...stored.values()]
      .filter(({ labels }) => tests.length === 0 || tests.some((all) => all.every((holds) => holds(labels))))
      .map((series) => within(series, from, to))
      .filter(({ times, staleAt }) => times.length > 0 || staleAt.length > 0);
    return answers;
  }

  function series({ anyOf, from, to, limit }: SeriesQuestion): Labels[] {
    const labels = matching(anyOf, from, to).map((each) => each.labels);
    return limit === 0 ? labels : labels.slice(0, limit);
  }

  return {
    add(labels, samples) {
      const key = labelsKey(labels);
      const there = stored.get(key) ?? { labels, samples: new Map<number, number | 'stale'>() };
      stored.set(key, there);
      for (const { time, value } of samples) there.samples.set(time, value);
    },
    clear: () => stored.clear(),
    async *select({ matchers, from, to }, signal) {
      const all = matching([matchers], from, to);
      for (let at = 0; at < all.length; at += seriesAtOnce) {
        signal.throwIfAborted();
        yield all.slice(at, at + seriesAtOnce);
      }
    },
    series: async (question) => series(question),
    labelNames: async (question) => distinct(series({ ...question, limit: 0 }).flatMap(namesOf), question.limit),
    labelValues: async (name, question) =>
      distinct(
        series({ ...question, limit: 0 })
          .map((labels) => labelValue(labels, name))
          .filter((value) => value !== ''),
        question.limit,
      ),
  };
}

function conditionOf({ name, op, value }: Matcher): (labels: Labels) => boolean {
  if (op === '=') return (labels) => labelValue(labels, name) === value;
  if (op === '!=') return (labels) => labelValue(labels, name) !== value;
  const pattern = RE2JS.compile(value, RE2JS.DOTALL);
  return (labels) => pattern.matches(labelValue(labels, name)) === (op === '=~');
}

function within({ labels, samples }: Stored, from: number, to: number): SeriesSamples {
  const inTime = [...samples].filter(([time]) => time >= from && time <= to).sort(([a], [b]) => a - b);
  const real = inTime.filter((sample): sample is [number, number] => sample[1] !== 'stale');
  return {
    labels,
    times: Float64Array.from(real, ([time]) => time),
    values: Float64Array.from(real, ([, value]) => value),
    staleAt: inTime.filter(([, value]) => value === 'stale').map(([time]) => time),
    buckets: undefined,
  };
}

function namesOf(labels: Labels): string[] {
  return labels.filter((_, at) => at % 2 === 0);
}

function distinct(values: readonly string[], limit: number): string[] {
  const sorted = [...new Set(values)].sort();
  return limit === 0 ? sorted : sorted.slice(0, limit);
}
