import type { SyntaxNode } from '@lezer/common';
import type { NumberLiteral, StringLiteral } from '../ast.ts';
import { durationOf, LONGEST_DURATION } from './duration.ts';
import { numberOf } from './number.ts';
import { childrenOf, faultAt, placeOf, textOf, type Source } from './source.ts';
import { unquote } from './unquote.ts';
import type { Position } from '../position.ts';

/** A text in quotation marks. */
export function stringLiteral(source: Source, node: SyntaxNode): StringLiteral {
  return { kind: 'string', at: placeOf(node), value: unquote(textOf(source, node)) };
}

/** A number or duration without its sign. */
export function numberLiteral(source: Source, at: Position): NumberLiteral {
  const text = textOf(source, at);
  const isDuration = /^\d.*[a-z]$/.test(text) && !/^0x/i.test(text);
  const value = isDuration ? durationOf(text) : numberOf(text);
  if (typeof value === 'string') throw faultAt(source, at, value);
  return { kind: 'number', at: { from: at.from, to: at.to }, value, ...(isDuration && { isDuration }) };
}

/** The sign before a number, which the grammar takes as a part of it, and where the number itself stands. */
export function splitSign(source: Source, node: SyntaxNode): { readonly sign: '+' | '-' | undefined; readonly at: Position } {
  const sign = source.text[node.from];
  if (sign !== '+' && sign !== '-') return { sign: undefined, at: placeOf(node) };
  // Spaces and comments may stand between them.
  const start = /^(?:\s+|#[^\r\n]*)*/.exec(source.text.slice(node.from + 1, node.to))?.[0].length ?? 0;
  return { sign, at: { from: node.from + 1 + start, to: node.to } };
}

/** The whole milliseconds of a duration with its signs, which is below 0 only for an offset. */
export function millisecondsOf(source: Source, node: SyntaxNode, isOffset = false): number {
  let isNegative = false;
  let inner = node;
  for (;;) {
    const [first, second] = childrenOf(inner);
    if (first?.name === 'UnaryOp' && second !== undefined) {
      if (source.text[first.from] === '-') isNegative = !isNegative;
      inner = second;
    } else if (first?.name === 'NumberDurationLiteralInDurationContext') {
      inner = first;
      break;
    } else throw faultAt(source, inner, 'experimental duration expression is not enabled');
  }
  const { value } = numberLiteral(source, inner);
  const seconds = isNegative ? -value : value;
  if (!(Math.abs(seconds) <= LONGEST_DURATION)) throw faultAt(source, node, 'duration out of range');
  const milliseconds = wholeMilliseconds(seconds);
  if (milliseconds <= 0 && !isOffset) throw faultAt(source, node, 'duration must be greater than 0');
  return milliseconds;
}

/** Prometheus rounds to nanoseconds, and then leaves out what is less than a millisecond. */
function wholeMilliseconds(seconds: number): number {
  const exact = seconds * 1000;
  const nearest = Math.round(exact);
  const isNear = Math.abs(exact - nearest) <= 5e-7 + Math.abs(exact) * 4 * Number.EPSILON;
  return (isNear ? nearest : Math.trunc(exact)) + 0;
}
