import { labelsOf } from '../../collector/promql/labels.ts';
import type { Queryable, SeriesSamples, Selection } from '../../collector/promql/queryable.ts';
import { createMemoryQueryable } from '../promqltest/memory-queryable.ts';
import { built } from '../collector.ts';
import type { Reading } from '../../collector/stores/reading.ts';

/** What a made store holds: labels, and samples by milliseconds. */
export interface Made {
  readonly series: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly samples: readonly (readonly [number, number])[];
  }[];
  /** Why it cannot be opened. */
  readonly broken?: string;
}

/** A reading of a made store, for a thread that answers questions. */
export function madeReading(made: Made = { series: [] }): Extract<Reading, { kind: 'queryable' }> {
  return { kind: 'queryable', module: `file://${built}test/query/made-queryable.js`, opening: made, transfer: [] };
}

/** Samples in memory, and metrics that do what stores should not: `hang`, `block`, `heap`, `endless`, `broken`; `many` has 2000 series with 1000 samples each. */
export async function openQueryable({ series, broken }: Made): Promise<Queryable> {
  if (broken !== undefined) throw new Error(broken);
  const memory = createMemoryQueryable();
  for (const { labels, samples } of series) {
    memory.add(
      labelsOf(labels),
      samples.map(([time, value]) => ({ time, value })),
    );
  }
  return {
    ...memory,
    select(selection, signal) {
      const { value: name = '' } = selection.matchers.find((matcher) => matcher.name === '__name__') ?? {};
      return misbehaviours[name]?.(selection) ?? memory.select(selection, signal);
    },
  };
}

const misbehaviours: Readonly<Record<string, (selection: Selection) => AsyncIterable<readonly SeriesSamples[]>>> = {
  async *hang() {
    await new Promise(() => undefined);
    yield [];
  },
  block() {
    for (;;) Math.sqrt(2);
  },
  broken() {
    throw new Error('the disk is gone');
  },
  // Objects on JavaScript's own heap, until there is no more of it.
  heap() {
    const held: unknown[] = [];
    for (;;) held.push(Array.from({ length: 1000 }, (_, at) => ({ at })));
  },
  // Series whose samples lie in typed arrays: 16 MB each.
  async *endless({ to }) {
    for (let at = 0; ; at++) {
      const times = Float64Array.from({ length: 1_000_000 }, (_, sample) => to - 1_000_000 + sample);
      yield [{ labels: labelsOf({ __name__: 'endless', at: String(at) }), times, values: times.slice(), staleAt: [], buckets: undefined }];
      await new Promise(setImmediate);
    }
  },
  async *many({ from, to }) {
    for (let at = 0; at < 2000; at++) {
      const times = Float64Array.from({ length: 1000 }, (_, sample) => Math.round(from + ((to - from) / 1000) * sample));
      const values = times.map((_, sample) => Math.sin(at + sample));
      yield [{ labels: labelsOf({ __name__: 'many', at: String(at) }), times, values, staleAt: [], buckets: undefined }];
    }
  },
};
