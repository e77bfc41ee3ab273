import type { Binary } from '../ast.ts';
import type { Column } from '../evaluation.ts';
import { arithmetic, comparisons, isArithmetic, type Comparison } from './operators.ts';

/** Fills the steps at which both have values; false where a step is taken already. */
export type Combine = (many: Column, one: Column, into: Column, taken: Uint8Array) => boolean;

/** How the values of two matching series are combined; a comparison without `bool` answers the left one's. */
export function combining({ op, bool }: Binary, oneIsLeft: boolean): Combine {
  if (isArithmetic(op)) return calculating(arithmetic[op], oneIsLeft);
  return comparing(comparisons[op as Comparison], oneIsLeft, bool);
}

function calculating(calculate: (a: number, b: number) => number, oneIsLeft: boolean): Combine {
  return (many, one, into, taken) => {
    const [left, right] = oneIsLeft ? [one.values, many.values] : [many.values, one.values];
    for (let step = 0; step < taken.length; step++) {
      if (many.present[step] === 0 || one.present[step] === 0) continue;
      if (taken[step] === 1) return false;
      taken[step] = 1;
      into.values[step] = calculate(left[step] as number, right[step] as number);
      into.present[step] = 1;
    }
    return true;
  };
}

function comparing(holds: (a: number, b: number) => boolean, oneIsLeft: boolean, bool: boolean): Combine {
  return (many, one, into, taken) => {
    const [left, right] = oneIsLeft ? [one.values, many.values] : [many.values, one.values];
    for (let step = 0; step < taken.length; step++) {
      if (many.present[step] === 0 || one.present[step] === 0) continue;
      if (taken[step] === 1) return false;
      taken[step] = 1;
      const isTrue = holds(left[step] as number, right[step] as number);
      if (!isTrue && !bool) continue;
      into.values[step] = bool ? Number(isTrue) : (left[step] as number);
      into.present[step] = 1;
    }
    return true;
  };
}
