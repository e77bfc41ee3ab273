import type { Expression, ValueType } from '../ast.ts';
import { functionNamed } from '../functions/functions.ts';
import type { PromqlFunction } from '../functions/function.ts';
import { QueryError } from '../query-error.ts';

const known = new WeakMap<Expression, ValueType>();

/** What an expression gives. */
export function typeOf(expression: Expression): ValueType {
  let type = known.get(expression);
  if (type === undefined) {
    type = find(expression);
    known.set(expression, type);
  }
  return type;
}

function find(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
      return expression.range === undefined ? 'vector' : 'matrix';
    case 'subquery':
      return 'matrix';
    case 'aggregate':
      return 'vector';
    case 'parentheses':
    case 'unary':
      return typeOf(expression.of);
    case 'binary':
      return typeOf(expression.left) === 'scalar' && typeOf(expression.right) === 'scalar' ? 'scalar' : 'vector';
    case 'call':
    default:
      return functionOf(expression.name).returns;
  }
}

/** The function of that name; throws a QueryError where there is none, which the parser has refused before. */
export function functionOf(name: string): PromqlFunction {
  const called = functionNamed(name);
  if (called === undefined) throw new QueryError('bad_data', `unknown function with name ${JSON.stringify(name)}`);
  return called;
}

/** An expression without the parentheses around it. */
export function withoutParentheses(expression: Expression): Expression {
  let inner = expression;
  while (inner.kind === 'parentheses') inner = inner.of;
  return inner;
}
