import type { Binary, Matching } from '../ast.ts';
import { keepLabels, labelValue, withLabel, type Labels } from '../labels.ts';
import { isArithmetic } from './operators.ts';

/** The labels that a match of two series comes to: those of the many side, or what they share; a value that was calculated has no name. */
export function joinedLabels(many: Labels, one: Labels, op: Binary['op'], { card, on, labels, include }: Matching): Labels {
  const losesName = isArithmetic(op);
  let result = keepLabels(many, (name) => {
    if (name === '__name__' && losesName) return false;
    return card !== 'one-to-one' || labels.includes(name) === on;
  });
  for (const name of include) result = withLabel(result, name, labelValue(one, name));
  return result;
}
