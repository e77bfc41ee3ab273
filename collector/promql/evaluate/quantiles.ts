import type { Aggregate, Expression } from '../ast.ts';
import type { Column } from '../evaluation.ts';
import { quantileOf } from '../functions/quantile.ts';
import { floatText } from '../go-text.ts';
import type { Labels } from '../labels.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { groupingOf } from './grouping.ts';
import { inTurns } from './pace.ts';
import type { Scope } from './scope.ts';
import { withoutParentheses } from './type-of.ts';

/** Values put in order in about a millisecond. */
const VALUES_A_MILLISECOND = 10_000;

/** The quantile of each group, which may be another at every step. */
export async function quantiles(evaluator: Evaluator, aggregate: Aggregate, scope: Scope, sink: Sink): Promise<void> {
  const parameter = aggregate.parameter as Expression;
  const wanted = await evaluator.scalar(parameter, scope);
  warnOf(wanted, evaluator, withoutParentheses(parameter));
  const columns = await evaluator.collect(aggregate.of, scope);
  const grouping = groupingOf(aggregate);
  const groups = new Map<string, { labels: Labels; columns: Column[] }>();
  for (const column of columns) {
    const key = grouping.keyOf(column.labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels: grouping.labelsOf(column.labels), columns: [column] });
    else group.columns.push(column);
  }
  for (const { labels, columns: members } of groups.values()) {
    const values = new Float64Array(scope.count);
    const present = new Uint8Array(scope.count);
    const scratch = new Float64Array(members.length);
    await inTurns(evaluator.pace, scope.count, Math.ceil(VALUES_A_MILLISECOND / members.length), (from, to) => {
      for (let step = from; step < to; step++) {
        const size = gather(members, step, scratch);
        if (size === 0) continue;
        present[step] = 1;
        values[step] = quantileOf(wanted[step] as number, scratch.subarray(0, size));
      }
    });
    await sink({ labels, values, present, dropsName: members.some(({ dropsName }) => dropsName) });
  }
  evaluator.drop(columns);
}

function warnOf(wanted: Float64Array, { notes }: Evaluator, { at }: Expression): void {
  const warn = (value: number): void => notes.warn(`quantile value should be between 0 and 1, got ${floatText(value)}`, at);
  if (wanted.some(Number.isNaN)) warn(Number.NaN);
  const most = wanted.reduce((a, b) => Math.max(a, b), -Infinity);
  const least = wanted.reduce((a, b) => Math.min(a, b), Infinity);
  if (most > 1) warn(most);
  if (least < 0) warn(least);
}

function gather(columns: readonly Column[], step: number, into: Float64Array): number {
  let size = 0;
  for (const { values, present } of columns) if (present[step] === 1) into[size++] = values[step] as number;
  return size;
}
