import type { Call, Expression } from '../ast.ts';
import type { CallContext, RangeFunction } from '../functions/function.ts';
import type { Labels } from '../labels.ts';
import { withLabel } from '../labels.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { streamRangeCall } from './range-call.ts';
import type { Scope } from './scope.ts';
import { withoutParentheses } from './type-of.ts';

/** One series with 1 at the steps where nothing is there: no series of a vector (`absent`), no sample in a window (`absent_over_time`). */
export async function streamAbsent(evaluator: Evaluator, call: Call, scope: Scope, context: CallContext, sink: Sink): Promise<void> {
  const looked = withoutParentheses(call.args[0] as Expression);
  const present = new Uint8Array(scope.count).fill(1);
  const leaveOut: Sink = (column) => {
    for (let step = 0; step < scope.count; step++) if (column.present[step] === 1) present[step] = 0;
    return false;
  };
  if (call.name === 'absent') await evaluator.stream(looked, scope, leaveOut);
  else await streamRangeCall(evaluator, call, isThere, scope, context, leaveOut);
  if (!present.includes(1)) return;
  await sink({ labels: labelsOf(looked), values: new Float64Array(scope.count).fill(1), present, dropsName: true });
}

const isThere: RangeFunction = {
  kind: 'range',
  name: 'absent_over_time',
  args: ['matrix'],
  optional: 0,
  returns: 'vector',
  keepsName: false,
  of: () => 1,
};

/** What a selector says its series' labels to be: those it asks for by `=`, unless it asks twice. */
function labelsOf(looked: Expression): Labels {
  if (looked.kind !== 'selector') return [];
  const asked = new Set<string>();
  let labels: Labels = [];
  for (const { name, op, value } of looked.matchers) {
    if (name === '__name__') continue;
    const isFirst = op === '=' && !asked.has(name);
    labels = withLabel(labels, name, isFirst ? value : '');
    if (isFirst) asked.add(name);
  }
  return labels;
}
