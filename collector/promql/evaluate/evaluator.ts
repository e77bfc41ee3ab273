import type { Expression } from '../ast.ts';
import type { Column, QueryLimits, Steps } from '../evaluation.ts';
import type { Queryable } from '../queryable.ts';
import type { Gate } from './gate.ts';
import type { Meter } from './meter.ts';
import type { Notes } from './notes.ts';
import type { Pace } from './pace.ts';
import type { Scope } from './scope.ts';

/**
 * Takes the columns of a vector one after the other; none is empty. Until it has answered, the column is its own, arrays too; the
 * answer is whether the arrays are kept: those that are not come again with the next column.
 */
export type Sink = (column: Column) => boolean | Promise<boolean>;

/** What the parts of an evaluation share, and how they have their operands evaluated. */
export interface Evaluator {
  /** Of the whole question. */
  readonly question: Steps;
  readonly text: string;
  readonly queryable: Queryable;
  readonly limits: QueryLimits;
  readonly signal: AbortSignal;
  readonly notes: Notes;
  readonly meter: Meter;
  readonly pace: Pace;
  /** What store readers pass through. */
  readonly gate: Gate;
  /** A vector, a column at a time. */
  stream(expression: Expression, scope: Scope, sink: Sink): Promise<void>;
  /** A vector as a whole; its cells are held until {@link Evaluator.drop}. */
  collect(expression: Expression, scope: Scope): Promise<Column[]>;
  drop(columns: readonly Column[]): void;
  /** A scalar's values at the steps. */
  scalar(expression: Expression, scope: Scope): Promise<Float64Array>;
}
