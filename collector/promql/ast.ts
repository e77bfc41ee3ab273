import type { Position } from './position.ts';

// A question as a tree of plain data: what the text says, with names, times and types looked up and checked. Times are milliseconds.

/** What an expression gives. */
export type ValueType = 'scalar' | 'string' | 'vector' | 'matrix';

/** A condition on a label; an absent label is the empty text. Regular expressions are anchored, in RE2's syntax. */
export interface Matcher {
  readonly name: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A number or a duration, which counts in seconds. */
export interface NumberLiteral {
  readonly kind: 'number';
  readonly at: Position;
  readonly value: number;
  /** Set where it is written as a duration. */
  readonly isDuration?: true;
}

/** A text. */
export interface StringLiteral {
  readonly kind: 'string';
  readonly at: Position;
  readonly value: string;
}

/** Where in time something is looked at instead of at the step: `@` fixes the time, `offset` goes back from there. */
export interface Moved {
  readonly offset: number;
  /** Milliseconds since the epoch; `start` and `end` are the question's. */
  readonly fixed: number | 'start' | 'end' | undefined;
}

/** The series that match, each with its latest sample; with `range`, its samples in the window that is so long, open on the left. */
export interface Selector extends Moved {
  readonly kind: 'selector';
  readonly at: Position;
  /** All of them, the metric's name among them as `__name__`. */
  readonly matchers: readonly Matcher[];
  /** The metric's name where it stands before the braces. */
  readonly name?: string;
  /** Undefined makes it an instant vector. */
  readonly range: number | undefined;
}

/** An expression evaluated again and again inside a window; `step` is undefined where the default is meant. */
export interface Subquery extends Moved {
  readonly kind: 'subquery';
  readonly at: Position;
  readonly of: Expression;
  readonly range: number;
  readonly step: number | undefined;
}

/** Parentheses, which matter to whoever writes the expression again. */
export interface Parentheses {
  readonly kind: 'parentheses';
  readonly at: Position;
  readonly of: Expression;
}

/** A sign before an expression. */
export interface Unary {
  readonly kind: 'unary';
  readonly at: Position;
  readonly op: '+' | '-';
  readonly of: Expression;
}

/** Operators between two expressions. */
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or' | 'unless';

/** How the series of two vectors find each other. */
export interface Matching {
  readonly card: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';
  /** Whether `labels` are those that count (`on`) or those that do not (`ignoring`). */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels that `group_left` and `group_right` take from the one side. */
  readonly include: readonly string[];
}

/** Two expressions and what is between them. */
export interface Binary {
  readonly kind: 'binary';
  readonly at: Position;
  readonly op: BinaryOperator;
  /** Whether a comparison answers 0 and 1 instead of leaving out. */
  readonly bool: boolean;
  /** Undefined where one side is a scalar. */
  readonly matching: Matching | undefined;
  readonly left: Expression;
  readonly right: Expression;
}

/** Operators over the series of a vector; limitk and limit_ratio are experimental, and read only where experimental functions are. */
export type AggregateOperator =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'limitk'
  | 'limit_ratio'
  | 'count_values'
  | 'quantile';

/** A vector made into one series a group. */
export interface Aggregate {
  readonly kind: 'aggregate';
  readonly at: Position;
  readonly op: AggregateOperator;
  readonly of: Expression;
  /** Of topk, bottomk, limitk, limit_ratio, quantile and count_values. */
  readonly parameter: Expression | undefined;
  readonly labels: readonly string[];
  readonly without: boolean;
}

/** A function applied; the name is one of those in `functions/`. */
export interface Call {
  readonly kind: 'call';
  readonly at: Position;
  readonly name: string;
  readonly args: readonly Expression[];
}

/** Any expression. */
export type Expression = NumberLiteral | StringLiteral | Selector | Subquery | Parentheses | Unary | Binary | Aggregate | Call;
