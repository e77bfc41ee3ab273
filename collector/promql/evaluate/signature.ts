import type { Matching } from '../ast.ts';
import type { Column } from '../evaluation.ts';
import type { Labels } from '../labels.ts';
import { keepLabels } from '../labels.ts';

/** Which labels series must share to match. */
export interface Signature {
  /** A text that only matching series share. */
  readonly keyOf: (labels: Labels) => string;
  /** Those of the labels that count. */
  readonly labelsOf: (labels: Labels) => Labels;
}

/** The signature of `on` and `ignoring`; a name counts only where `on` asks for it. */
export function signatureOf({ on, labels }: Matching): Signature {
  const listed = new Set(labels);
  const counts = (name: string): boolean => (on ? listed.has(name) : name !== '__name__' && !listed.has(name));
  return {
    keyOf(labels) {
      let key = '';
      for (let at = 0; at < labels.length; at += 2) if (counts(labels[at] as string)) key += `${labels[at]}\u0000${labels[at + 1]}\u0000`;
      return key;
    },
    labelsOf: (labels) => keepLabels(labels, counts),
  };
}

/** Columns by their signature. */
export function bySignature(columns: readonly Column[], { keyOf }: Signature): Map<string, Column[]> {
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
