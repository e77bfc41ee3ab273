import type { Labels } from '../../promql/labels.ts';
import type { Queryable, SeriesSamples } from '../../promql/queryable.ts';
import type { OpenQueryable } from '../reading.ts';
import { askStore } from './ask-store.ts';
import type { DuckdbOpening, Piece } from './ask-messages.ts';
import { labelsOfSeries } from './label-text.ts';

/** Labels that are remembered by what they were read from; dashboards ask for the same again and again. */
const MOST_REMEMBERED = 20_000;

/** Asks the embedded store's thread, through a port of its own. */
export const openQueryable: OpenQueryable<DuckdbOpening> = async ({ port }) => {
  const ask = askStore(port);
  const labels = remembered();
  const texts = async (asked: Parameters<typeof ask>[0], signal: AbortSignal): Promise<string[]> => {
    const found: string[][] = [];
    for await (const told of ask(asked, signal)) if (told.kind === 'texts') found.push([...told.texts]);
    return found.flat();
  };
  const queryable: Queryable = {
    async *select(selection, signal) {
      for await (const told of ask({ kind: 'select', selection }, signal)) {
        if (told.kind === 'samples') yield seriesOf(told.piece, labels);
      }
    },
    async series(question, signal) {
      const found = await texts({ kind: 'series', question }, signal);
      return Array.from({ length: found.length / 2 }, (_, at) => labels(found[2 * at] as string, found[2 * at + 1] as string));
    },
    labelNames: (question, signal) => texts({ kind: 'names', question }, signal),
    labelValues: (label, question, signal) => texts({ kind: 'values', label, question }, signal),
  };
  return queryable;
};

type LabelsOf = (name: string, labelText: string) => Labels;

/** The series of a piece, which share its memory. */
export function seriesOf({ series, ends, times, values, staleAt, buckets }: Piece, labels: LabelsOf): SeriesSamples[] {
  return Array.from(ends, (end, at) => {
    const start = at === 0 ? 0 : (ends[at - 1] as number);
    const part = (column: Float64Array): Float64Array => column.subarray(start, end);
    return {
      labels: labels(series[2 * at] as string, series[2 * at + 1] as string),
      times: part(times),
      values: part(values),
      staleAt: staleAt.get(at) ?? [],
      buckets:
        buckets === undefined
          ? undefined
          : {
              resolution: buckets.resolution,
              counts: part(buckets.counts),
              sums: part(buckets.sums),
              mins: part(buckets.mins),
              maxs: part(buckets.maxs),
            },
    };
  });
}

function remembered(): LabelsOf {
  let known = new Map<string, Labels>();
  return (name, labelText) => {
    const key = name + labelText;
    let labels = known.get(key);
    if (labels === undefined) {
      if (known.size === MOST_REMEMBERED) known = new Map();
      known.set(key, (labels = labelsOfSeries(name, labelText)));
    }
    return labels;
  };
}
