import type { Expression } from '../ast.ts';

/**
 * Functions whose answer differs from step to step although their arguments do not: Prometheus's `AtModifierUnsafeFunctions`, and
 * those that tell of the steps themselves.
 */
const dependsOnStep: ReadonlySet<string> = new Set(
  'days_in_month day_of_month day_of_week day_of_year hour minute month year predict_linear time timestamp start end step range'.split(' '),
);

const known = new WeakMap<Expression, boolean>();

/** Whether an expression is the same at every step, so that one evaluation is enough: all that it selects has its time fixed by `@`. */
export function isInvariant(expression: Expression): boolean {
  let invariant = known.get(expression);
  if (invariant === undefined) {
    invariant = find(expression);
    known.set(expression, invariant);
  }
  return invariant;
}

function find(expression: Expression): boolean {
  switch (expression.kind) {
    case 'number':
    case 'string':
      return true;
    case 'selector':
    case 'subquery':
      return expression.fixed !== undefined;
    case 'parentheses':
    case 'unary':
      return isInvariant(expression.of);
    case 'binary':
      return isInvariant(expression.left) && isInvariant(expression.right);
    case 'aggregate':
      return isInvariant(expression.of) && (expression.parameter === undefined || isInvariant(expression.parameter));
    case 'call':
    default:
      return !dependsOnStep.has(expression.name) && expression.args.every(isInvariant);
  }
}
