import type { Aggregate } from '../ast.ts';
import { labelsKey, withLabel, type Labels } from '../labels.ts';
import { QueryError } from '../query-error.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { plainNumber } from './plain-number.ts';
import { groupingOf } from './grouping.ts';
import type { Scope } from './scope.ts';
import { withoutParentheses } from './type-of.ts';

/** How many series of a group have the same value, a series for each value. */
export async function countValues(evaluator: Evaluator, aggregate: Aggregate, scope: Scope, sink: Sink): Promise<void> {
  const label = labelName(aggregate, evaluator.text);
  const grouping = groupingOf(aggregate, label);
  const counted = new Map<string, { labels: Labels; counts: Float64Array }>();

  function countsOf(labels: Labels, value: number): Float64Array {
    const group = grouping.labelsOf(withLabel(labels, label, plainNumber(value)));
    const key = labelsKey(group);
    let counts = counted.get(key)?.counts;
    if (counts === undefined) {
      evaluator.meter.hold(scope.count);
      counts = new Float64Array(scope.count);
      counted.set(key, { labels: group, counts });
    }
    return counts;
  }

  await evaluator.stream(aggregate.of, scope, ({ labels, values, present }) => {
    const ofSeries = new Map<number, Float64Array>();
    for (let step = 0; step < scope.count; step++) {
      if (present[step] === 0) continue;
      const value = values[step] as number;
      const counts = ofSeries.get(value) ?? countsOf(labels, value);
      ofSeries.set(value, counts);
      counts[step] = (counts[step] as number) + 1;
    }
    return false;
  });
  for (const { labels, counts } of counted.values())
    await sink({ labels, values: counts, present: Uint8Array.from(counts, (some) => (some > 0 ? 1 : 0)), dropsName: false });
  evaluator.meter.release(scope.count * counted.size);
}

function labelName({ parameter }: Aggregate, text: string): string {
  const name = parameter && withoutParentheses(parameter);
  if (name?.kind !== 'string') throw new QueryError('bad_data', 'count_values needs the name of a label');
  // Bytes that are no UTF-8 cannot be in a text of ours: the parser leaves a replacement for them.
  if (name.value === '' || /[\ufffd\ud800-\udfff]/u.test(name.value))
    throw new QueryError('execution', `invalid label name ${text.slice(name.at.from, name.at.to)}`, name.at);
  return name.value;
}
