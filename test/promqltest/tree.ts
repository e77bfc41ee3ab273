import type { Expression, Selector } from '../../collector/promql/ast.ts';
import { partsOf } from '../../collector/promql/tree.ts';

/** The expression with its parts changed. */
export function withParts(expression: Expression, change: (part: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'subquery':
    case 'parentheses':
    case 'unary':
      return { ...expression, of: change(expression.of) };
    case 'binary':
      return { ...expression, left: change(expression.left), right: change(expression.right) };
    case 'aggregate':
      return { ...expression, of: change(expression.of), parameter: expression.parameter && change(expression.parameter) };
    case 'call':
      return { ...expression, args: expression.args.map(change) };
    case 'number':
    case 'string':
    case 'selector':
    default:
      return expression;
  }
}

/** All selectors, at any depth. */
export function selectorsOf(expression: Expression): Selector[] {
  return expression.kind === 'selector' ? [expression] : partsOf(expression).flatMap(selectorsOf);
}
