import type { Expression } from '../ast.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { firstOf, type Scope } from './scope.ts';

/** Evaluates a vector at the first step alone, and passes it on as if it had been at every one. */
export async function streamExpanded(evaluator: Evaluator, expression: Expression, scope: Scope, sink: Sink): Promise<void> {
  let values = new Float64Array(scope.count);
  let present = new Uint8Array(scope.count);
  await evaluator.stream(expression, firstOf(scope), async (column) => {
    values.fill(column.values[0] as number);
    present.fill(1);
    if (await sink({ ...column, values, present })) {
      values = new Float64Array(scope.count);
      present = new Uint8Array(scope.count);
    }
    return false;
  });
}
