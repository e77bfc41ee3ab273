import type { Column } from '../evaluation.ts';
import { labelsKey } from '../labels.ts';
import { QueryError } from '../query-error.ts';
import type { CallContext } from './function.ts';

/**
 * Makes one series of those that have come to share their labels.
 *
 * @throws QueryError where two of them have a value at the same step.
 */
export function mergeSame(columns: readonly Column[], { at }: CallContext): readonly Column[] {
  const merged = new Map<string, Column>();
  for (const column of columns) {
    const key = labelsKey(column.labels);
    const there = merged.get(key);
    merged.set(key, there === undefined ? column : both(there, column, at));
  }
  return merged.size === columns.length ? columns : [...merged.values()];
}

function both(one: Column, other: Column, at: CallContext['at']): Column {
  const values = one.values.slice();
  const present = one.present.slice();
  for (let step = 0; step < present.length; step++) {
    if (other.present[step] !== 1) continue;
    if (present[step] === 1) throw new QueryError('execution', 'vector cannot contain metrics with the same labelset', at);
    present[step] = 1;
    values[step] = other.values[step] as number;
  }
  return { ...one, values, present };
}
