import type { Aggregate } from '../ast.ts';
import { sharedLabels } from './shared-labels.ts';
import type { SharedLabels } from './shared-labels.ts';

/** How `by` and `without` tell groups apart; `extra` is one more label that counts, that of count_values. */
export function groupingOf({ labels: names, without }: Pick<Aggregate, 'labels' | 'without'>, extra?: string): SharedLabels {
  const listed = new Set(names);
  if (without) listed.add('__name__');
  else if (extra !== undefined) listed.add(extra);
  if (!without && listed.size === 0) return { keyOf: () => '', labelsOf: () => [] };
  return sharedLabels((name) => listed.has(name) !== without);
}
