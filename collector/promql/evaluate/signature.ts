import type { Matching } from '../ast.ts';
import type { Column } from '../evaluation.ts';
import { sharedLabels } from './shared-labels.ts';
import type { SharedLabels } from './shared-labels.ts';

/** The labels that `on` and `ignoring` make series match by; a name counts only where `on` asks for it. */
export function signatureOf({ on, labels }: Matching): SharedLabels {
  const listed = new Set(labels);
  return sharedLabels((name) => (on ? listed.has(name) : name !== '__name__' && !listed.has(name)));
}

/** Columns by their signature. */
export function bySignature(columns: readonly Column[], { keyOf }: SharedLabels): Map<string, Column[]> {
  const groups = new Map<string, Column[]>();
  for (const column of columns) {
    const key = keyOf(column.labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [column]);
    else group.push(column);
  }
  return groups;
}

/** The steps at which any of the columns has a value. */
export function anyPresent(columns: readonly Column[], count: number): Uint8Array {
  const any = new Uint8Array(count);
  for (const { present } of columns) for (let step = 0; step < count; step++) any[step] = (any[step] as number) | (present[step] as number);
  return any;
}
