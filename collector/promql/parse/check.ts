import type { Aggregate, Binary, Call, Expression, Selector, ValueType } from '../ast.ts';
import { functionOf, typeOf } from '../evaluate/type-of.ts';
import { quoted } from '../go-text.ts';
import { matcherTest } from '../match-labels.ts';
import { faultAt, type Source, type WrittenMatching } from './source.ts';

const typeNames: Readonly<Record<ValueType, string>> = {
  matrix: 'range vector',
  vector: 'instant vector',
  scalar: 'scalar',
  string: 'string',
};

/** Throws a QueryError where an expression is not what it must be in its place, with Prometheus's words (promql/parser/parse.go, checkAST). */
export function check(source: Source, expression: Expression): void {
  switch (expression.kind) {
    case 'aggregate':
      return checkAggregate(source, expression);
    case 'binary':
      return checkBinary(source, expression);
    case 'call':
      return checkCall(source, expression);
    case 'parentheses':
      return check(source, expression.of);
    case 'unary': {
      check(source, expression.of);
      const type = typeOf(expression.of);
      if (type === 'scalar' || type === 'vector') return;
      const message = `unary expression only allowed on expressions of type scalar or instant vector, got "${typeNames[type]}"`;
      throw faultAt(source, expression.at, message);
    }
    case 'subquery':
      check(source, expression.of);
      if (typeOf(expression.of) === 'vector') return;
      throw faultAt(source, expression.at, `subquery is only allowed on instant vector, got ${typeOf(expression.of)} instead`);
    case 'selector':
      return checkSelector(source, expression);
    case 'number':
    case 'string':
    default:
  }
}

function expectType(source: Source, expression: Expression, wanted: ValueType, where: string): void {
  check(source, expression);
  const type = typeOf(expression);
  if (type !== wanted) throw faultAt(source, expression.at, `expected type ${typeNames[wanted]} in ${where}, got ${typeNames[type]}`);
}

function checkAggregate(source: Source, { op, of, parameter }: Aggregate): void {
  expectType(source, of, 'vector', 'aggregation expression');
  if (parameter !== undefined) expectType(source, parameter, op === 'count_values' ? 'string' : 'scalar', 'aggregation parameter');
}

function checkCall(source: Source, { name, args, at }: Call): void {
  const called = functionOf(name);
  const most = called.optional === -1 ? Infinity : called.args.length;
  const least = called.args.length - Math.abs(called.optional);
  if (args.length < least || args.length > most) {
    const bound = least === most ? '' : args.length < least ? 'at least ' : 'at most ';
    const count = args.length < least ? least : most;
    throw faultAt(source, at, `expected ${bound}${count} argument(s) in call to ${quoted(name)}, got ${args.length}`);
  }
  for (const [index, arg] of args.entries()) {
    const wanted = called.args[Math.min(index, called.args.length - 1)] as ValueType;
    expectType(source, arg, wanted, `call to function ${quoted(name)}`);
  }
}

const comparisons: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];
const setOperators: readonly string[] = ['and', 'or', 'unless'];

function checkBinary(source: Source, binary: Binary): void {
  const { left, right, op, bool, at } = binary;
  check(source, left);
  check(source, right);
  const types = [typeOf(left), typeOf(right)];
  const written = source.written.get(binary) as WrittenMatching;
  const isComparison = comparisons.includes(op);
  if (bool && !isComparison) throw faultAt(source, written.at, 'bool modifier can only be used on comparison operators');
  if (isComparison && !bool && types.every((type) => type === 'scalar')) {
    throw faultAt(source, written.at, 'comparisons between scalars must use BOOL modifier');
  }
  const twice = written.on ? written.labels.find((label) => written.include.includes(label)) : undefined;
  if (twice !== undefined) throw faultAt(source, written.at, `label ${quoted(twice)} must not occur in ON and GROUP clause at once`);
  for (const side of [left, right]) {
    if (typeOf(side) === 'scalar' || typeOf(side) === 'vector') continue;
    throw faultAt(source, side.at, 'binary expression must contain only scalar and instant vector types');
  }
  const hasScalar = types.includes('scalar');
  if (hasScalar && written.labels.length > 0) throw faultAt(source, at, 'vector matching only allowed between instant vectors');
  if (!setOperators.includes(op)) return;
  if (hasScalar) throw faultAt(source, at, `set operator ${quoted(op)} not allowed in binary scalar expression`);
  if (written.group !== undefined) throw faultAt(source, at, `no grouping allowed for ${quoted(op)} operation`);
}

function checkSelector(source: Source, { name, matchers, at }: Selector): void {
  if (name === undefined) {
    if (matchers.some((matcher) => !matcherTest(matcher)(''))) return;
    throw faultAt(source, at, 'vector selector must contain at least one non-empty matcher');
  }
  const other = matchers.slice(0, -1).find((matcher) => matcher.name === '__name__');
  if (other !== undefined) throw faultAt(source, at, `metric name must not be set twice: ${quoted(name)} or ${quoted(other.value)}`);
}
