import type { Column } from '../evaluation.ts';
import { parseFloatText, quoted } from '../go-text.ts';
import type { Labels } from '../labels.ts';
import { keepLabels, labelsKey, labelValue } from '../labels.ts';
import type { Position } from '../position.ts';
import type { BucketCounts } from './bucket-math.ts';
import type { CallContext } from './function.ts';

interface Bucket {
  readonly bound: number;
  readonly column: Column;
}

/** The buckets that share all labels but `le`, in the order of their bounds. */
export interface ClassicHistogram {
  /** Without `le`. */
  readonly labels: Labels;
  readonly steps: number;
  readonly buckets: readonly Bucket[];
  /** What {@link countsAt} writes into. */
  readonly counts: BucketCounts;
}

/** Finds the histograms among series; warns, at `position`, of those whose `le` is no number, and leaves them out. */
export function classicHistograms(
  columns: readonly Column[],
  position: Position | undefined,
  { annotations }: CallContext,
): ClassicHistogram[] {
  const found = new Map<string, { labels: Labels; buckets: Bucket[] }>();
  for (const column of columns) {
    const text = labelValue(column.labels, 'le');
    const bound = parseFloatText(text);
    if (bound === undefined || isNaN(bound)) {
      const name = labelValue(column.labels, '__name__');
      const ofName = name === '' ? '' : ` for metric name ${quoted(name)}`;
      annotations.warn(`bucket label "le" is missing or has a malformed value of ${quoted(text)}${ofName}`, position);
      continue;
    }
    const labels = keepLabels(column.labels, (name) => name !== 'le');
    const key = labelsKey(labels);
    const there = found.get(key) ?? { labels, buckets: [] };
    there.buckets.push({ bound, column });
    found.set(key, there);
  }
  return [...found.values()].map(({ labels, buckets }) => ({
    labels,
    buckets: buckets.sort((a, b) => (a.bound === b.bound ? 0 : a.bound - b.bound)),
    steps: buckets[0]?.column.values.length ?? 0,
    counts: { length: 0, bounds: new Float64Array(buckets.length), counts: new Float64Array(buckets.length) },
  }));
}

/** The buckets that have a count at a step; those of equal bounds, however they are written, count together. One object serves all steps. */
export function countsAt({ buckets, counts: into }: ClassicHistogram, at: number): BucketCounts {
  const { bounds, counts } = into;
  let length = 0;
  for (const { bound, column } of buckets) {
    if (column.present[at] !== 1) continue;
    const value = column.values[at] as number;
    if (length > 0 && bounds[length - 1] === bound) {
      counts[length - 1] = (counts[length - 1] as number) + value;
      continue;
    }
    bounds[length] = bound;
    counts[length++] = value;
  }
  into.length = length;
  return into;
}
