import type { Expression } from './ast.ts';
import { aggregateHead, binaryTail, literalText, selectorText, subqueryTail } from './print/parts.ts';

/** Characters of a line at most, unless nothing can be broken (promql/parser/prettier.go, maxCharactersPerLine). */
const LINE = 100;

/** An expression on one line, as Prometheus writes it in messages. */
export function printLine(expression: Expression): string {
  return createLines()(expression).text;
}

/** An expression as Prometheus's `format_query` writes it: on one line where it is short, otherwise an operand a line. */
export function print(expression: Expression): string {
  const lineOf = createLines();

  function print(one: Expression, level: number): string {
    const { text, bytes } = lineOf(one);
    const indent = '  '.repeat(level);
    // Prometheus does not indent a short subquery.
    if (bytes <= LINE) return one.kind === 'subquery' ? text : indent + text;
    const inner = (part: Expression): string => print(part, level + 1);
    switch (one.kind) {
      case 'aggregate':
        return `${indent}${aggregateHead(one)}(\n${one.parameter === undefined ? '' : `${inner(one.parameter)},\n`}${inner(one.of)}\n${indent})`;
      case 'binary':
        return `${inner(one.left)}\n${indent}${one.op}${binaryTail(one)}\n${inner(one.right)}`;
      case 'call':
        return one.args.length === 0 ? indent + text : `${indent}${one.name}(\n${one.args.map(inner).join(',\n')}\n${indent})`;
      case 'parentheses':
        return `${indent}(\n${inner(one.of)}\n${indent})`;
      case 'subquery':
        return print(one.of, level) + subqueryTail(one);
      case 'unary':
        return `${indent}${one.op}${print(one.of, level).trimStart()}`;
      case 'number':
      case 'string':
      case 'selector':
      default:
        return indent + text;
    }
  }

  return print(expression, 0);
}

/** A text and how long Prometheus takes it to be. */
interface Line {
  readonly text: string;
  readonly bytes: number;
}

/** Every part is written and measured once, however deep it lies. */
function createLines(): (expression: Expression) => Line {
  const known = new Map<Expression, Line>();
  function lineOf(expression: Expression): Line {
    let line = known.get(expression);
    if (line === undefined) known.set(expression, (line = joined(piecesOf(expression, lineOf))));
    return line;
  }
  return lineOf;
}

function joined(pieces: readonly (string | Line)[]): Line {
  let text = '';
  let bytes = 0;
  for (const piece of pieces) {
    const line = typeof piece === 'string' ? { text: piece, bytes: Buffer.byteLength(piece) } : piece;
    text += line.text;
    bytes += line.bytes;
  }
  return { text, bytes };
}

function piecesOf(one: Expression, lineOf: (part: Expression) => Line): readonly (string | Line)[] {
  switch (one.kind) {
    case 'selector':
      return [selectorText(one)];
    case 'subquery':
      return [lineOf(one.of), subqueryTail(one)];
    case 'parentheses':
      return ['(', lineOf(one.of), ')'];
    case 'unary':
      return [one.op, lineOf(one.of)];
    case 'binary':
      return [lineOf(one.left), ` ${one.op}${binaryTail(one)} `, lineOf(one.right)];
    case 'aggregate':
      return [aggregateHead(one), '(', ...(one.parameter === undefined ? [] : [lineOf(one.parameter), ', ']), lineOf(one.of), ')'];
    case 'call':
      return [`${one.name}(`, ...one.args.flatMap((arg, index) => (index === 0 ? [lineOf(arg)] : [', ', lineOf(arg)])), ')'];
    case 'number':
    case 'string':
    default:
      return [literalText(one)];
  }
}
