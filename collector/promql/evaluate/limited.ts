import type { Aggregate, Expression } from '../ast.ts';
import { floatText } from '../go-text.ts';
import { labelsKey, type Labels } from '../labels.ts';
import { QueryError } from '../query-error.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { groupingOf } from './grouping.ts';
import { isAnyWanted } from './how-many.ts';
import type { Scope } from './scope.ts';
import { withoutParentheses } from './type-of.ts';

/** Some series of each group as they are: the first few (limitk), or a share of them that stays the same (limit_ratio). */
export async function limited(
  evaluator: Evaluator,
  aggregate: Aggregate,
  op: 'limitk' | 'limit_ratio',
  scope: Scope,
  sink: Sink,
): Promise<void> {
  const parameter = aggregate.parameter as Expression;
  const wanted = await evaluator.scalar(parameter, scope);
  const isAny = op === 'limitk' ? isAnyWanted(wanted) : isAnyShare(wanted, evaluator, withoutParentheses(parameter));
  if (!isAny) return;
  const isChosen = op === 'limitk' ? amongFirst(aggregate, wanted, scope.count) : amongShare(wanted);
  await evaluator.stream(aggregate.of, scope, (column) => {
    const isChosenAt = isChosen(column.labels);
    let any = false;
    for (let step = 0; step < scope.count; step++) {
      if (column.present[step] === 0) continue;
      if (isChosenAt(step)) any = true;
      else column.present[step] = 0;
    }
    return any ? sink(column) : false;
  });
}

/** Whether the series with these labels is chosen at a step; asked once for each step at which it is there. */
type Choice = (labels: Labels) => (step: number) => boolean;

function amongFirst(aggregate: Aggregate, wanted: Float64Array, count: number): Choice {
  const grouping = groupingOf(aggregate);
  const taken = new Map<string, Uint32Array>();
  return (labels) => {
    const key = grouping.keyOf(labels);
    const before = taken.get(key) ?? new Uint32Array(count);
    taken.set(key, before);
    return (step) => {
      const isChosen = (before[step] as number) < Math.trunc(wanted[step] as number);
      if (isChosen) before[step] = (before[step] as number) + 1;
      return isChosen;
    };
  };
}

/** A negative share takes those that the positive one up to it leaves. */
function amongShare(wanted: Float64Array): Choice {
  return (labels) => {
    const place = placeOf(labels);
    return (step) => {
      const share = wanted[step] as number;
      return share >= 0 ? place < Math.min(share, 1) : place >= 1 + Math.max(share, -1);
    };
  };
}

/** A number from 0 to 1 that follows from the labels, by FNV-1a with its bits mixed; Prometheus's own differs from version to version. */
function placeOf(labels: Labels): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(labelsKey(labels))) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

function isAnyShare(wanted: Float64Array, { notes }: Evaluator, { at }: Expression): boolean {
  const most = wanted.reduce((a, b) => Math.max(a, b), -Infinity);
  const least = wanted.reduce((a, b) => Math.min(a, b), Infinity);
  if (most === 0 && least === 0) return false;
  if (Number.isNaN(most)) throw new QueryError('execution', 'Ratio value is NaN', at);
  const warn = (value: number, bound: number): void =>
    notes.warn(`ratio value should be between -1 and 1, got ${floatText(value)}, capping to ${bound}`, at);
  if (most > 1) warn(most, 1);
  if (least < -1) warn(least, -1);
  return true;
}
