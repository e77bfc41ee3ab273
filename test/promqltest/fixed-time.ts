import type { Expression } from '../../collector/promql/ast.ts';
import { partsOf } from '../../collector/promql/tree.ts';
import { withParts } from './tree.ts';

// Their answer depends on when they are asked, whatever they are asked of.
const ofTheirTime: ReadonlySet<string> = new Set([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
  'predict_linear',
  'time',
  'timestamp',
  'start',
  'end',
]);

/** The expression with all its samples looked up at `time`, so that its answer is the same whenever it is asked; undefined where no `@` brings that about. */
export function fixedAt(expression: Expression, time: number): Expression | undefined {
  return dependsOnTime(expression) ? undefined : fixed(expression, time);
}

function dependsOnTime(expression: Expression): boolean {
  if (expression.kind === 'call' && ofTheirTime.has(expression.name)) return true;
  // What stands in a subquery follows from the subquery's own time.
  return expression.kind !== 'subquery' && partsOf(expression).some(dependsOnTime);
}

function fixed(expression: Expression, time: number): Expression {
  const isMoved = expression.kind === 'selector' || expression.kind === 'subquery';
  if (isMoved) return typeof expression.fixed === 'number' ? expression : { ...expression, fixed: time };
  return withParts(expression, (part) => fixed(part, time));
}
