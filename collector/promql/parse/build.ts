import type { SyntaxNode } from '@lezer/common';
import type { Aggregate, AggregateOperator, Call, Expression } from '../ast.ts';
import { functionNamed } from '../functions/functions.ts';
import { createBinder, type Binder } from './bind.ts';
import { numberLiteral, splitSign, stringLiteral } from './literals.ts';
import { infix } from './infix.ts';
import { groupingLabels, selector } from './selector.ts';
import { childrenOf, faultAt, placeOf, textOf, type Source } from './source.ts';
import { suffix } from './suffixes.ts';
import { unknownFunction } from './unexpected.ts';

/** Something that is left to do, in the order of the text. */
type Task = SyntaxNode | ((binder: Binder) => void);

/**
 * The expression that a part of the grammar's tree stands for. The tree binds `offset`, `@` and ranges to a whole operation before
 * them, and signs to numbers, where Prometheus does not; so only the order of words is taken from it, and they are bound anew.
 */
export function build(source: Source, top: SyntaxNode): Expression {
  const binder = createBinder();
  const tasks: Task[] = [top];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if (typeof task === 'function') task(binder);
    // Last in, first out.
    else tasks.push(...tasksOf(source, task).reverse());
  }
  return binder.finish();
}

function tasksOf(source: Source, node: SyntaxNode): Task[] {
  const children = childrenOf(node);
  const [first] = children;
  switch (node.name) {
    case 'BinaryExpr':
      return [first as SyntaxNode, (binder) => binder.infix(infix(source, children)), children.at(-1) as SyntaxNode];
    case 'UnaryExpr': {
      const at = placeOf(first as SyntaxNode);
      return [(binder) => binder.prefix({ at, op: source.text[at.from] as '+' | '-' }), children[1] as SyntaxNode];
    }
    case 'NumberDurationLiteral': {
      const { sign, at } = splitSign(source, node);
      const value: Task = (binder) => binder.operand(numberLiteral(source, at));
      return sign === undefined ? [value] : [(binder) => binder.prefix({ at: placeOf(node), op: sign }), value];
    }
    case 'MatrixSelector':
    case 'SubqueryExpr':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'AnchoredExpr':
    case 'SmoothedExpr':
      return [first as SyntaxNode, (binder) => binder.suffix(suffix(source, node))];
    default:
      return [(binder) => binder.operand(operand(source, node, children))];
  }
}

function operand(source: Source, node: SyntaxNode, children: readonly SyntaxNode[]): Expression {
  const at = placeOf(node);
  switch (node.name) {
    case 'ParenExpr':
      return { kind: 'parentheses', at, of: build(source, children[0] as SyntaxNode) };
    case 'StringLiteral':
      return stringLiteral(source, node);
    case 'VectorSelector':
      return selector(source, node);
    case 'AggregateExpr':
      return aggregate(source, node, children);
    case 'FunctionCall':
      return call(source, node, children as [SyntaxNode, SyntaxNode]);
    default:
      throw new TypeError(`no expression: ${node.name}`);
  }
}

function call(source: Source, node: SyntaxNode, [name, body]: readonly [SyntaxNode, SyntaxNode]): Call {
  const args = childrenOf(body).map((arg) => build(source, arg));
  const text = functionName(source, name);
  const wrong = unknownFunction({ kind: 'identifier', text, from: name.from, to: name.from + text.length });
  if (wrong !== undefined && !(source.experimental && functionNamed(text))) throw faultAt(source, wrong.at, wrong.message);
  return { kind: 'call', at: placeOf(node), name: text, args };
}

/** The name as it is written: the grammar may have read another, shorter one in its place. */
function functionName({ text }: Source, { from }: SyntaxNode): string {
  return /^\w+/.exec(text.slice(from, from + 100))?.[0] ?? '';
}

const withParameter: readonly string[] = ['topk', 'bottomk', 'limitk', 'limit_ratio', 'count_values', 'quantile'];

function aggregate(source: Source, node: SyntaxNode, children: readonly SyntaxNode[]): Aggregate {
  const at = placeOf(node);
  const op = textOf(source, children[0] as SyntaxNode).toLowerCase();
  const modifier = children.find(({ name }) => name === 'AggregateModifier');
  const [keyword, grouping] = modifier === undefined ? [] : childrenOf(modifier);
  const labels = grouping === undefined ? [] : groupingLabels(source, grouping);
  const body = children.find(({ name }) => name === 'FunctionCallBody') as SyntaxNode;
  const args = childrenOf(body).map((arg) => build(source, arg));
  if (args.length === 0) throw faultAt(source, at, 'no arguments for aggregate expression provided');
  if ((op === 'limitk' || op === 'limit_ratio') && !source.experimental)
    throw faultAt(source, at, `${op}() is experimental and not enabled`);
  const expected = withParameter.includes(op) ? 2 : 1;
  if (args.length !== expected) {
    throw faultAt(source, at, `wrong number of arguments for aggregate expression provided, expected ${expected}, got ${args.length}`);
  }
  return {
    kind: 'aggregate',
    at,
    op: op as AggregateOperator,
    of: args.at(-1) as Expression,
    parameter: expected === 2 ? args[0] : undefined,
    labels,
    without: keyword?.name === 'Without',
  };
}
