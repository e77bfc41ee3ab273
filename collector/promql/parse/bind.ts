import type { Binary, BinaryOperator, Expression, Unary } from '../ast.ts';
import type { Position } from '../position.ts';

/** A binary operator with its modifiers, between its operands. */
export interface Infix {
  readonly at: Position;
  readonly op: BinaryOperator;
  join(left: Expression, right: Expression, at: Position): Binary;
}

/** A sign before its operand. */
export interface Prefix {
  readonly at: Position;
  readonly op: '+' | '-';
  readonly join?: undefined;
}

/** Puts operands and operators together that come in the order of the text. */
export interface Binder {
  operand(expression: Expression): void;
  prefix(prefix: Prefix): void;
  infix(infix: Infix): void;
  /** Something that follows its operand, such as `offset`: it binds closest of all. */
  suffix(apply: (operand: Expression) => Expression): void;
  /** The whole. */
  finish(): Expression;
}

const levels: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%', 'atan2'],
  ['^'],
];
const precedence = new Map(levels.flatMap((operators, level) => operators.map((op) => [op, level] as const)));
/** A sign binds as `*` does, so that -2 ^ 2 is -4. */
const signLevel = precedence.get('*') as number;

/** A binder by Prometheus's precedence (promql/parser/generated_parser.y); all operators but `^` bind to the left. */
export function createBinder(): Binder {
  const operands: Expression[] = [];
  const operators: (Infix | Prefix)[] = [];

  function reduce(): void {
    const operator = operators.pop() as Infix | Prefix;
    const right = operands.pop() as Expression;
    if (operator.join === undefined) {
      operands.push(signed(operator, right));
      return;
    }
    const left = operands.pop() as Expression;
    operands.push(operator.join(left, right, { from: left.at.from, to: right.at.to }));
  }

  return {
    operand: (expression) => void operands.push(expression),
    prefix: (prefix) => void operators.push(prefix),
    infix(infix) {
      const level = levelOf(infix);
      for (let top = operators.at(-1); top !== undefined; top = operators.at(-1)) {
        if (levelOf(top) < level || (levelOf(top) === level && infix.op === '^')) break;
        reduce();
      }
      operators.push(infix);
    },
    suffix: (apply) => void operands.push(apply(operands.pop() as Expression)),
    finish() {
      while (operators.length > 0) reduce();
      return operands[0] as Expression;
    },
  };
}

function levelOf(operator: Infix | Prefix): number {
  return operator.join === undefined ? signLevel : (precedence.get(operator.op) as number);
}

/** A signed number is a number. */
function signed({ at: { from }, op }: Prefix, of: Expression): Expression {
  const at = { from, to: of.at.to };
  if (of.kind === 'number') return { ...of, at, value: op === '-' ? -of.value : of.value };
  return { kind: 'unary', at, op, of } satisfies Unary;
}
