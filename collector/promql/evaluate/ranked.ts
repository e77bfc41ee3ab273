import type { Aggregate, Expression } from '../ast.ts';
import type { Column } from '../evaluation.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { groupingOf } from './grouping.ts';
import { isAnyWanted } from './how-many.ts';
import { inTurns } from './pace.ts';
import { createRanking } from './ranking.ts';
import type { Scope } from './scope.ts';

/** Values ranked in about a millisecond. */
const VALUES_A_MILLISECOND = 50_000;

/** The series of each group that come first at a step, as they are. At a single step they come in their order. */
export async function ranked(evaluator: Evaluator, aggregate: Aggregate, op: 'topk' | 'bottomk', scope: Scope, sink: Sink): Promise<void> {
  const wanted = await evaluator.scalar(aggregate.parameter as Expression, scope);
  if (!isAnyWanted(wanted)) return;
  const columns = await evaluator.collect(aggregate.of, scope);
  const chosen = columns.map(() => new Uint8Array(scope.count));
  const order: number[] = [];
  for (const members of groupsOf(aggregate, columns)) {
    const ranking = createRanking(op, members.length);
    await inTurns(evaluator.pace, scope.count, Math.ceil(VALUES_A_MILLISECOND / members.length), (from, to) => {
      for (let step = from; step < to; step++) {
        const size = Math.min(members.length, Math.trunc(wanted[step] as number));
        if (size < 1) continue;
        ranking.clear(size);
        for (const member of members) {
          const { values, present } = columns[member] as Column;
          if (present[step] === 1) ranking.add(values[step] as number, member);
        }
        for (const member of ranking.foremost()) {
          (chosen[member] as Uint8Array)[step] = 1;
          if (scope.count === 1) order.push(member);
        }
      }
    });
  }
  for (const member of scope.count === 1 ? order : columns.keys()) {
    const present = chosen[member] as Uint8Array;
    if (present.includes(1)) await sink({ ...(columns[member] as Column), present });
  }
  evaluator.drop(columns);
}

function groupsOf(aggregate: Aggregate, columns: readonly Column[]): Iterable<number[]> {
  const grouping = groupingOf(aggregate);
  const groups = new Map<string, number[]>();
  for (const [index, { labels }] of columns.entries()) {
    const key = grouping.keyOf(labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  }
  return groups.values();
}
