import type { Expression } from './ast.ts';

/** The expressions that stand directly inside of one, in the order of the text. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'subquery':
    case 'parentheses':
    case 'unary':
      return [expression.of];
    case 'binary':
      return [expression.left, expression.right];
    case 'aggregate':
      return expression.parameter === undefined ? [expression.of] : [expression.parameter, expression.of];
    case 'call':
      return expression.args;
    case 'number':
    case 'string':
    case 'selector':
    default:
      return [];
  }
}

/** How many levels an expression has; it may have any number of them. */
export function depthOf(expression: Expression): number {
  let depth = 0;
  for (let level: readonly Expression[] = [expression]; level.length > 0; level = level.flatMap(partsOf)) depth++;
  return depth;
}
