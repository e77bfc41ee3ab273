import type { BinaryOperator } from '../ast.ts';

/** Operators that calculate, and so make a value that the name no longer fits. */
export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
/** Operators that compare: they leave out, or answer 0 and 1 with `bool`. */
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';
/** Operators on which series there are. */
export type SetOperator = 'and' | 'or' | 'unless';

/** What the arithmetic operators calculate, as Go does. */
export const arithmetic: Readonly<Record<Arithmetic, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': power,
  atan2: Math.atan2,
};

/** What holds for the comparisons. */
export const comparisons: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Whether an operator calculates. */
export function isArithmetic(op: BinaryOperator): op is Arithmetic {
  return Object.hasOwn(arithmetic, op);
}

/** Whether an operator is about which series there are. */
export function isSetOperator(op: BinaryOperator): op is SetOperator {
  return op === 'and' || op === 'or' || op === 'unless';
}

// IEEE 754 has 1 for these, and Go with it; ECMAScript has NaN.
function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && (b === Infinity || b === -Infinity))) return 1;
  return a ** b;
}
