import type { Binary, Expression } from '../ast.ts';
import type { Column } from '../evaluation.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { arithmetic, comparisons, isArithmetic, type Comparison } from './operators.ts';
import type { Scope } from './scope.ts';

/** Two scalars: arithmetic, or a comparison that answers 0 and 1. */
export function combineScalars(op: Binary['op'], left: Float64Array, right: Float64Array): Float64Array {
  if (isArithmetic(op)) {
    const calculate = arithmetic[op];
    return left.map((value, at) => calculate(value, right[at] as number));
  }
  const holds = comparisons[op as Comparison];
  return left.map((value, at) => (holds(value, right[at] as number) ? 1 : 0));
}

/** A vector and a scalar, either way round; each column is changed in its place and passed on. */
export async function streamWithScalar(
  evaluator: Evaluator,
  { op, bool }: Binary,
  vector: Expression,
  scalar: Expression,
  vectorIsLeft: boolean,
  scope: Scope,
  sink: Sink,
): Promise<void> {
  const others = await evaluator.scalar(scalar, scope);
  const change = isArithmetic(op)
    ? calculating(arithmetic[op], others, vectorIsLeft)
    : comparing(comparisons[op as Comparison], others, vectorIsLeft, bool);
  const dropsName = isArithmetic(op) || bool;
  await evaluator.stream(vector, scope, (column) => (change(column) ? sink(dropsName ? { ...column, dropsName } : column) : false));
}

/** Changes a column; false where nothing is left of it. */
type Change = (column: Column) => boolean;

function calculating(calculate: (a: number, b: number) => number, others: Float64Array, vectorIsLeft: boolean): Change {
  return ({ values, present }) => {
    for (let step = 0; step < values.length; step++) {
      if (present[step] === 0) continue;
      const [value, other] = [values[step] as number, others[step] as number];
      values[step] = vectorIsLeft ? calculate(value, other) : calculate(other, value);
    }
    return true;
  };
}

function comparing(holds: (a: number, b: number) => boolean, others: Float64Array, vectorIsLeft: boolean, bool: boolean): Change {
  return ({ values, present }) => {
    let any = false;
    for (let step = 0; step < values.length; step++) {
      if (present[step] === 0) continue;
      const [value, other] = [values[step] as number, others[step] as number];
      const isTrue = vectorIsLeft ? holds(value, other) : holds(other, value);
      if (bool) values[step] = isTrue ? 1 : 0;
      else if (!isTrue) present[step] = 0;
      any ||= bool || isTrue;
    }
    return any;
  };
}
