import type { Aggregate } from '../ast.ts';
import type { Labels } from '../labels.ts';
import { keepLabels } from '../labels.ts';

/** How `by` and `without` tell groups apart. */
export interface Grouping {
  /** A text that only series of one group share. */
  keyOf(labels: Labels): string;
  /** The labels of a series' group. */
  labelsOf(labels: Labels): Labels;
}

/** The grouping of an aggregation; `extra` is one more label that counts, that of count_values. */
export function groupingOf({ labels: names, without }: Pick<Aggregate, 'labels' | 'without'>, extra?: string): Grouping {
  const listed = new Set(names);
  if (without) listed.add('__name__');
  else if (extra !== undefined) listed.add(extra);
  const isKept = (name: string): boolean => listed.has(name) !== without;
  if (!without && listed.size === 0) return { keyOf: () => '', labelsOf: () => [] };
  return {
    keyOf(labels) {
      let key = '';
      for (let at = 0; at < labels.length; at += 2) if (isKept(labels[at] as string)) key += `${labels[at]}\u0000${labels[at + 1]}\u0000`;
      return key;
    },
    labelsOf: (labels) => keepLabels(labels, isKept),
  };
}
