import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './checkout.ts';

/** What a number may be and what it should become. */
export interface Budget {
  readonly must: number;
  readonly reach: number;
  readonly unit: string;
  /** Whether more is better; less is, where this is absent. */
  readonly more?: boolean;
}

/** How a measured number stands: at its aim, within its limit, or beyond both. */
export type Mark = 'reached' | 'met' | 'MISSED';

/** The budgets by name, from budgets.json. */
export function loadBudgets(): ReadonlyMap<string, Budget> {
  const text = readFileSync(join(root, 'test/bench/budgets.json'), 'utf8');
  return new Map(Object.entries(JSON.parse(text) as Record<string, Budget>));
}

/** How a number does; NaN is a miss. */
export function markOf(value: number, { must, reach, more = false }: Budget): Mark {
  const holds = (limit: number): boolean => (more ? value >= limit : value <= limit);
  return holds(reach) && holds(must) ? 'reached' : holds(must) ? 'met' : 'MISSED';
}
