import type { SyntaxNode } from '@lezer/common';
import type { Expression, Moved, Selector, Subquery } from '../ast.ts';
import { millisecondsOf, numberLiteral, splitSign } from './literals.ts';
import { childrenOf, faultAt, textOf, type Source } from './source.ts';

/** What a range, a subquery, `offset` or `@` makes of the expression that it follows. */
export function suffix(source: Source, node: SyntaxNode): (operand: Expression) => Expression {
  const parts = childrenOf(node).slice(1);
  switch (node.name) {
    case 'MatrixSelector':
      return (operand) => ranged(source, operand, node, parts[0] as SyntaxNode);
    case 'SubqueryExpr':
      return (operand) => subquery(source, operand, node, parts);
    case 'OffsetExpr':
      return (operand) => shifted(source, operand, node, parts[1] as SyntaxNode);
    case 'StepInvariantExpr':
      return (operand) => fixed(source, operand, node, parts[1] as SyntaxNode);
    default:
      return (operand) => {
        const modifier = textOf(source, parts[0] as SyntaxNode).toLowerCase();
        throw faultAt(source, operand.at, `${modifier} modifier is experimental and not enabled`);
      };
  }
}

function ranged(source: Source, operand: Expression, node: SyntaxNode, duration: SyntaxNode): Selector {
  const range = millisecondsOf(source, duration);
  const wrong = rangeWrong(operand);
  if (wrong !== undefined || operand.kind !== 'selector') {
    const from = source.text.lastIndexOf('[', duration.from);
    throw faultAt(source, { from, to: node.to }, wrong ?? '');
  }
  return { ...operand, at: { from: operand.at.from, to: node.to }, range };
}

function rangeWrong(operand: Expression): string | undefined {
  if (operand.kind !== 'selector' || operand.range !== undefined) return 'ranges only allowed for vector selectors';
  if (operand.offset !== 0) return 'no offset modifiers allowed before range';
  return typeof operand.fixed === 'number' ? 'no @ modifiers allowed before range' : undefined;
}

function subquery(source: Source, of: Expression, node: SyntaxNode, [range, step]: readonly SyntaxNode[]): Subquery {
  return {
    kind: 'subquery',
    at: { from: of.at.from, to: node.to },
    of,
    range: millisecondsOf(source, range as SyntaxNode),
    step: step === undefined ? undefined : millisecondsOf(source, step),
    offset: 0,
    fixed: undefined,
  };
}

function shifted(source: Source, operand: Expression, node: SyntaxNode, duration: SyntaxNode): Expression {
  const offset = millisecondsOf(source, duration, true);
  const moved = movable(operand);
  if (moved === undefined) {
    throw faultAt(
      source,
      operand.at,
      'offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
    );
  }
  if (moved.offset !== 0) throw faultAt(source, operand.at, 'offset may not be set multiple times');
  return { ...moved, at: { from: operand.at.from, to: node.to }, offset };
}

function fixed(source: Source, operand: Expression, node: SyntaxNode, when: SyntaxNode): Expression {
  const time = when.name === 'AtModifierPreprocessors' ? undefined : secondsOf(source, when);
  if (time !== undefined && !(Math.abs(time) < 2 ** 63)) {
    throw faultAt(source, operand.at, `timestamp out of bounds for @ modifier: ${timeText(time)}`);
  }
  const moved = movable(operand);
  if (moved === undefined) {
    throw faultAt(source, operand.at, '@ modifier must be preceded by an instant vector selector or range vector selector or a subquery');
  }
  if (moved.fixed !== undefined) throw faultAt(source, operand.at, '@ <timestamp> may not be set multiple times');
  const at = { from: operand.at.from, to: node.to };
  if (time === undefined) return { ...moved, at, fixed: /^start/i.test(textOf(source, when)) ? 'start' : 'end' };
  // Halves go away from zero.
  return { ...moved, at, fixed: Math.sign(time) * Math.round(Math.abs(time) * 1000) + 0 };
}

function secondsOf(source: Source, node: SyntaxNode): number {
  const { sign, at } = splitSign(source, node);
  const { value } = numberLiteral(source, at);
  return sign === '-' ? -value : value;
}

function timeText(time: number): string {
  if (Number.isNaN(time)) return 'NaN';
  return Math.abs(time) === Infinity ? `${time > 0 ? '+' : '-'}Inf` : `${BigInt(time)}.000000`;
}

function movable(operand: Expression): ((Selector | Subquery) & Moved) | undefined {
  return operand.kind === 'selector' || operand.kind === 'subquery' ? operand : undefined;
}
