import type { Aggregate } from '../ast.ts';
import type { Labels } from '../labels.ts';
import { accumulationOf, type AccumulatedOperator, type Accumulator } from './accumulate.ts';
import { countValues } from './count-values.ts';
import type { Evaluator, Sink } from './evaluator.ts';
import { groupingOf } from './grouping.ts';
import { limited } from './limited.ts';
import { quantiles } from './quantiles.ts';
import { ranked } from './ranked.ts';
import type { Scope } from './scope.ts';

/** A vector made into one series a group, or into the foremost series of each. */
export async function streamAggregate(evaluator: Evaluator, aggregate: Aggregate, scope: Scope, sink: Sink): Promise<void> {
  const { op } = aggregate;
  switch (op) {
    case 'topk':
    case 'bottomk':
      return await ranked(evaluator, aggregate, op, scope, sink);
    case 'limitk':
    case 'limit_ratio':
      return await limited(evaluator, aggregate, op, scope, sink);
    case 'quantile':
      return await quantiles(evaluator, aggregate, scope, sink);
    case 'count_values':
      return await countValues(evaluator, aggregate, scope, sink);
    case 'sum':
    case 'avg':
    case 'count':
    case 'min':
    case 'max':
    case 'group':
    case 'stddev':
    case 'stdvar':
    default:
      return await accumulate(evaluator, aggregate, op, scope, sink);
  }
}

/** Takes its input in a column at a time; only the groups are held. */
async function accumulate(evaluator: Evaluator, aggregate: Aggregate, op: AccumulatedOperator, scope: Scope, sink: Sink): Promise<void> {
  const grouping = groupingOf(aggregate);
  const accumulation = accumulationOf(op);
  const cells = accumulation.cells * scope.count;
  const groups = new Map<string, { labels: Labels; accumulator: Accumulator; dropsName: boolean }>();
  await evaluator.stream(aggregate.of, scope, (column) => {
    const key = grouping.keyOf(column.labels);
    let group = groups.get(key);
    if (group === undefined) {
      evaluator.meter.hold(cells);
      group = { labels: grouping.labelsOf(column.labels), accumulator: accumulation.create(scope.count), dropsName: false };
      groups.set(key, group);
    }
    group.accumulator.add(column);
    group.dropsName ||= column.dropsName;
    return false;
  });
  for (const { labels, accumulator, dropsName } of groups.values()) await sink({ labels, ...accumulator.finish(), dropsName });
  evaluator.meter.release(cells * groups.size);
}
