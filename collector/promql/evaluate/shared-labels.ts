import type { Labels } from '../labels.ts';
import { keepLabels } from '../labels.ts';

/** Which labels series share that belong together: in one group, or on both sides of an operator. */
export interface SharedLabels {
  /** A text that only series share that belong together. */
  readonly keyOf: (labels: Labels) => string;
  /** Those of the labels that count. */
  readonly labelsOf: (labels: Labels) => Labels;
}

/** Those whose name the condition holds for. */
export function sharedLabels(counts: (name: string) => boolean): SharedLabels {
  return {
    keyOf(labels) {
      let key = '';
      for (let at = 0; at < labels.length; at += 2) if (counts(labels[at] as string)) key += `${labels[at]}\u0000${labels[at + 1]}\u0000`;
      return key;
    },
    labelsOf: (labels) => keepLabels(labels, counts),
  };
}
