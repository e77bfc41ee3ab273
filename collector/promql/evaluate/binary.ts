import type { Binary, Matching } from '../ast.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { join } from './join.ts';
import { isSetOperator } from './operators.ts';
import type { Scope } from './scope.ts';
import { combineSets } from './sets.ts';
import { signatureOf } from './signature.ts';
import { typeOf } from './type-of.ts';
import { streamWithScalar } from './with-scalar.ts';

/** What stands where nothing is said about matching: series with all labels alike, but for their names. */
const allLabels: Matching = { card: 'one-to-one', on: false, labels: [], include: [] };

/** An operator of which one side at least is a vector. */
export async function streamBinary(evaluator: Evaluator, binary: Binary, scope: Scope, sink: Sink): Promise<void> {
  const { op, left, right } = binary;
  if (typeOf(right) === 'scalar') return await streamWithScalar(evaluator, binary, left, right, true, scope, sink);
  if (typeOf(left) === 'scalar') return await streamWithScalar(evaluator, binary, right, left, false, scope, sink);
  const [lefts, rights] = await Promise.all([evaluator.collect(left, scope), evaluator.collect(right, scope)]);
  const matching = binary.matching ?? allLabels;
  const answer = isSetOperator(op)
    ? combineSets(op, lefts, rights, signatureOf(matching), scope.count)
    : await join(evaluator, binary, matching, lefts, rights, scope.count);
  for (const column of answer) await sink(column);
  evaluator.drop(lefts);
  evaluator.drop(rights);
}
