import type { SyntaxNode } from '@lezer/common';
import type { Binary, BinaryOperator, Expression, Matching } from '../ast.ts';
import { typeOf } from '../evaluate/type-of.ts';
import type { Infix } from './bind.ts';
import { groupingLabels } from './selector.ts';
import { childrenOf, faultAt, placeOf, textOf, type Source, type WrittenMatching } from './source.ts';

/** A binary operator with its modifiers, of the parts of a binary expression: operand, operator, modifiers, operand. */
export function infix(source: Source, parts: readonly SyntaxNode[]): Infix {
  const operator = parts[1] as SyntaxNode;
  const at = placeOf(operator);
  const modifiers = parts.slice(2, -1);
  if (operator.name === 'TrimUpper' || operator.name === 'TrimLower') {
    throw faultAt(source, { from: at.to - 1, to: at.to }, `unexpected <op:${source.text[at.to - 1]}>`);
  }
  const fill = modifiers.find(({ name }) => name === 'FillModifier');
  if (fill !== undefined) throw faultAt(source, parts[0] as SyntaxNode, 'binop fill modifiers are experimental and not enabled');
  const op = textOf(source, operator).toLowerCase() as BinaryOperator;
  const bool = modifiers.some(({ name }) => name === 'BoolModifier');
  const written = writtenMatching(
    source,
    at,
    modifiers.find(({ name }) => name === 'MatchingModifierClause'),
  );
  return {
    at,
    op,
    join(left, right, at) {
      const binary: Binary = { kind: 'binary', at, op, bool, matching: matchingOf(op, written, left, right), left, right };
      source.written.set(binary, written);
      return binary;
    },
  };
}

function writtenMatching(source: Source, at: WrittenMatching['at'], clause: SyntaxNode | undefined): WrittenMatching {
  const written = { at, on: false, labels: [] as string[], group: undefined as WrittenMatching['group'], include: [] as string[] };
  for (const part of clause === undefined ? [] : childrenOf(clause)) {
    if (part.name === 'On') written.on = true;
    else if (part.name === 'GroupLeft') written.group = 'left';
    else if (part.name === 'GroupRight') written.group = 'right';
    else if (part.name === 'GroupingLabels') written[written.group === undefined ? 'labels' : 'include'] = groupingLabels(source, part);
  }
  return written;
}

function matchingOf(
  op: BinaryOperator,
  { on, labels, group, include }: WrittenMatching,
  left: Expression,
  right: Expression,
): Matching | undefined {
  if (typeOf(left) !== 'vector' || typeOf(right) !== 'vector') return undefined;
  const isSet = op === 'and' || op === 'or' || op === 'unless';
  const ungrouped = isSet ? 'many-to-many' : 'one-to-one';
  const card = group === undefined ? ungrouped : group === 'left' ? 'many-to-one' : 'one-to-many';
  return { card, on, labels, include };
}
