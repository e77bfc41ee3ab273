import type { Column } from '../evaluation.ts';
import { labelsKey } from '../labels.ts';
import type { SetOperator } from './operators.ts';
import { anyPresent, bySignature } from './signature.ts';
import type { SharedLabels } from './shared-labels.ts';

/** The series of `and`, `or` and `unless`; made of the columns given, in their place. */
export function combineSets(
  op: SetOperator,
  left: readonly Column[],
  right: readonly Column[],
  signature: SharedLabels,
  count: number,
): readonly Column[] {
  if (op === 'or') return merged([...left, ...masked(right, left, signature, count, 0)]);
  return masked(left, right, signature, count, op === 'and' ? 1 : 0);
}

/** Leaves of each column the steps at which a match among the others is there (1) or is not (0). */
function masked(columns: readonly Column[], others: readonly Column[], signature: SharedLabels, count: number, wanted: 0 | 1): Column[] {
  const masks = new Map([...bySignature(others, signature)].map(([key, group]) => [key, anyPresent(group, count)]));
  return columns.filter(({ labels, present }) => {
    const mask = masks.get(signature.keyOf(labels));
    if (mask === undefined) return wanted === 0;
    let any = 0;
    for (let step = 0; step < count; step++) {
      const left = (present[step] as number) & (mask[step] === wanted ? 1 : 0);
      present[step] = left;
      any |= left;
    }
    return any === 1;
  });
}

/** The same series on both sides, each at other steps, is one. */
function merged(columns: readonly Column[]): readonly Column[] {
  const known = new Map<string, Column>();
  for (const column of columns) {
    const key = `${Number(column.dropsName)}${labelsKey(column.labels)}`;
    const first = known.get(key);
    if (first === undefined) known.set(key, column);
    else fill(first, column);
  }
  return [...known.values()];
}

function fill(into: Column, from: Column): void {
  for (let step = 0; step < into.values.length; step++) {
    if (from.present[step] === 0) continue;
    into.values[step] = from.values[step] as number;
    into.present[step] = 1;
  }
}
