import type { Aggregate, Binary, Matcher, Moved, NumberLiteral, Selector, StringLiteral, Subquery } from '../ast.ts';
import { plainNumber } from '../evaluate/plain-number.ts';
import { quoted } from '../go-text.ts';
import { durationText } from './duration-text.ts';

/** A number or a text. */
export function literalText(literal: NumberLiteral | StringLiteral): string {
  if (literal.kind === 'string') return quoted(literal.value);
  const { value, isDuration } = literal;
  if (!isDuration) return plainNumber(value);
  return `${value < 0 ? '-' : ''}${durationText(Math.round(Math.abs(value) * 1000))}`;
}

/** A selector with its range, `@` and offset. */
export function selectorText({ name = '', matchers, range, ...moved }: Selector): string {
  const others = matchers.filter(({ name: label, op, value }) => !(label === '__name__' && op === '=' && value === name && value !== ''));
  const braces = others.length === 0 ? '' : `{${others.map(matcherText).sort().join(',')}}`;
  return `${name}${braces}${range === undefined ? '' : `[${durationText(range)}]`}${movedText(moved)}`;
}

function matcherText({ name, op, value }: Matcher): string {
  return `${labelText(name)}${op}${quoted(value)}`;
}

/** Names that can stand without quotation marks (prometheus.io/docs/concepts/data_model). */
const plainLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function labelText(name: string): string {
  return plainLabel.test(name) ? name : quoted(name);
}

function labelsText(labels: readonly string[]): string {
  return `(${labels.map(labelText).join(', ')})`;
}

/** What follows the expression that a subquery is of. */
export function subqueryTail({ range, step, ...moved }: Subquery): string {
  return `[${durationText(range)}:${step === undefined ? '' : durationText(step)}]${movedText(moved)}`;
}

function movedText({ offset, fixed }: Moved): string {
  const at = fixed === undefined ? '' : ` @ ${typeof fixed === 'number' ? (fixed / 1000).toFixed(3) : `${fixed}()`}`;
  return offset === 0 ? at : `${at} offset ${offset < 0 ? '-' : ''}${durationText(Math.abs(offset))}`;
}

/** An aggregation before its arguments. */
export function aggregateHead({ op, labels, without }: Aggregate): string {
  if (without) return `${op} without ${labelsText(labels)} `;
  return labels.length === 0 ? op : `${op} by ${labelsText(labels)} `;
}

/** What follows a binary operator: `bool` and how the vectors match. */
export function binaryTail({ bool, matching }: Binary): string {
  const isBool = bool ? ' bool' : '';
  if (matching === undefined) return isBool;
  const { card, on, labels, include } = matching;
  const isGrouped = card === 'many-to-one' || card === 'one-to-many';
  const which = labels.length > 0 || on || isGrouped ? ` ${on ? 'on' : 'ignoring'} ${labelsText(labels)}` : '';
  return `${isBool}${which}${isGrouped ? ` group_${card === 'many-to-one' ? 'left' : 'right'} ${labelsText(include)}` : ''}`;
}
