import type { Column } from '../evaluation.ts';
import { keepLabels, labelsKey, type Labels } from '../labels.ts';
import { QueryError } from '../query-error.ts';

/** Anything that has labels, whose name may have to go. */
interface Named {
  readonly labels: Labels;
  readonly dropsName: boolean;
}

/** Takes away the names that operations have marked; series that are then the same are merged by `merge`, which may refuse. */
export function withoutDroppedNames<Item extends Named>(items: readonly Item[], merge: (first: Item, second: Item) => Item): Item[] {
  const known = new Map<string, Item>();
  for (const item of items) {
    const named = item.dropsName ? { ...item, labels: keepLabels(item.labels, (name) => name !== '__name__'), dropsName: false } : item;
    const key = labelsKey(named.labels);
    const first = known.get(key);
    known.set(key, first === undefined ? named : merge(first, named));
  }
  return [...known.values()];
}

/** What two series with the same labels are refused with. */
export function sameLabels(): QueryError {
  return new QueryError('execution', 'vector cannot contain metrics with the same labelset');
}

/** Puts the values of both columns into the first; throws a QueryError where both have one at the same step. */
export function mergeColumns(first: Column, second: Column): Column {
  for (let step = 0; step < second.values.length; step++) {
    if (second.present[step] === 0) continue;
    if (first.present[step] === 1) throw sameLabels();
    first.values[step] = second.values[step] as number;
    first.present[step] = 1;
  }
  return first;
}

/** The order of labels in Prometheus's range answers: by names and values in turn, the shorter first. */
export function compareLabels(a: Labels, b: Labels): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    if (a[at] !== b[at]) return (a[at] as string) < (b[at] as string) ? -1 : 1;
  }
  return a.length - b.length;
}
