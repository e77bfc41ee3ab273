import type { Aggregate, Binary, Expression, Matcher, Moved, Selector, Subquery } from './ast.ts';
import { floatText, quoted } from './go-text.ts';

/** Longer expressions are written over several lines (promql/parser/prettier.go, maxCharactersPerLine). */
const LINE = 100;

/** An expression written as Prometheus's `format_query` writes it: on one line where it is short, otherwise one operand a line. */
export function pretty(expression: Expression): string {
  const flat = flatTexts();
  const write = (one: Expression, level: number): string => {
    const text = flat(one);
    const indent = '  '.repeat(level);
    if (text.length <= LINE) return indent + text;
    const inner = (child: Expression): string => write(child, level + 1);
    switch (one.kind) {
      case 'aggregate': {
        const parameter = one.parameter === undefined ? '' : `${inner(one.parameter)},\n`;
        return `${indent}${aggregateHead(one)}(\n${parameter}${inner(one.of)}\n${indent})`;
      }
      case 'binary':
        return `${inner(one.left)}\n${indent}${one.op}${binaryTail(one)}\n${inner(one.right)}`;
      case 'call':
        return one.args.length === 0 ? indent + text : `${indent}${one.name}(\n${one.args.map(inner).join(',\n')}\n${indent})`;
      case 'parentheses':
        return `${indent}(\n${inner(one.of)}\n${indent})`;
      case 'subquery':
        return write(one.of, level) + subqueryTail(one);
      case 'unary':
        return `${indent}${one.op}${write(one.of, level).trimStart()}`;
      case 'number':
      case 'string':
      case 'selector':
        break;
    }
    return indent + text;
  };
  return write(expression, 0);
}

// Every part is written once, however deep it lies.
function flatTexts(): (expression: Expression) => string {
  const known = new Map<Expression, string>();
  const flat = (one: Expression): string => {
    let text = known.get(one);
    if (text === undefined) known.set(one, (text = flatText(one, flat)));
    return text;
  };
  return flat;
}

function flatText(one: Expression, flat: (part: Expression) => string): string {
  switch (one.kind) {
    case 'number':
      return floatText(one.value);
    case 'string':
      return quoted(one.value);
    case 'subquery':
      return flat(one.of) + subqueryTail(one);
    case 'parentheses':
      return `(${flat(one.of)})`;
    case 'unary':
      return one.op + flat(one.of);
    case 'binary':
      return `${flat(one.left)} ${one.op}${binaryTail(one)} ${flat(one.right)}`;
    case 'aggregate':
      return `${aggregateHead(one)}(${one.parameter === undefined ? '' : `${flat(one.parameter)}, `}${flat(one.of)})`;
    case 'call':
      return `${one.name}(${one.args.map(flat).join(', ')})`;
    case 'selector':
      break;
  }
  return selectorText(one);
}

/** Names that can stand outside of braces and quotation marks (prometheus.io/docs/concepts/data_model). */
const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function selectorText({ matchers, range, ...moved }: Selector): string {
  const named = matchers.find(({ name, op, value }) => name === '__name__' && op === '=' && METRIC.test(value));
  const others = matchers.filter((matcher) => matcher !== named).map(matcherText);
  const braces = others.length === 0 && named !== undefined ? '' : `{${others.sort().join(',')}}`;
  return `${named?.value ?? ''}${braces}${range === undefined ? '' : `[${durationText(range)}]`}${movedText(moved)}`;
}

function matcherText({ name, op, value }: Matcher): string {
  return `${labelText(name)}${op}${quoted(value)}`;
}

function labelText(name: string): string {
  return LABEL.test(name) ? name : quoted(name);
}

function labelsText(labels: readonly string[]): string {
  return `(${labels.map(labelText).join(', ')})`;
}

function subqueryTail({ range, step, ...moved }: Subquery): string {
  return `[${durationText(range)}:${step === undefined ? '' : durationText(step)}]${movedText(moved)}`;
}

function movedText({ offset, fixed }: Moved): string {
  const at = fixed === undefined ? '' : ` @ ${typeof fixed === 'number' ? (fixed / 1000).toFixed(3) : `${fixed}()`}`;
  return offset === 0 ? at : `${at} offset ${offset < 0 ? '-' : ''}${durationText(Math.abs(offset))}`;
}

function aggregateHead({ op, labels, without }: Aggregate): string {
  if (without) return `${op} without ${labelsText(labels)} `;
  return labels.length === 0 ? op : `${op} by ${labelsText(labels)} `;
}

function binaryTail({ bool, matching }: Binary): string {
  const isBool = bool ? ' bool' : '';
  if (matching === undefined) return isBool;
  const { card, on, labels, include } = matching;
  const isGrouped = card === 'many-to-one' || card === 'one-to-many';
  const which = labels.length > 0 || on || isGrouped ? ` ${on ? 'on' : 'ignoring'} ${labelsText(labels)}` : '';
  return `${isBool}${which}${isGrouped ? ` group_${card === 'many-to-one' ? 'left' : 'right'} ${labelsText(include)}` : ''}`;
}

const UNITS = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Milliseconds as Prometheus writes a duration (common/model, Duration.String): years and weeks only where nothing is left over. */
export function durationText(ms: number): string {
  if (ms === 0) return '0s';
  let rest = ms;
  let text = '';
  for (const [unit, size] of UNITS) {
    const isWhole = unit === 'y' || unit === 'w';
    const count = Math.floor(rest / size);
    if (count === 0 || (isWhole && rest % size !== 0)) continue;
    text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
