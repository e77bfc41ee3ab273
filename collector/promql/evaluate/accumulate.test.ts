import { describe, expect, it } from 'vitest';
import { accumulationOf, type AccumulatedOperator } from './accumulate.ts';

const _ = undefined;
const [nan, inf] = [Number.NaN, Infinity];

function accumulated(op: AccumulatedOperator, columns: readonly (readonly (number | undefined)[])[]): (number | undefined)[] {
  const count = columns[0]?.length ?? 0;
  const accumulator = accumulationOf(op).create(count);
  for (const column of columns) {
    accumulator.add({
      labels: [],
      dropsName: false,
      values: Float64Array.from(column, (value) => value ?? 77),
      present: Uint8Array.from(column, (value) => (value === undefined ? 0 : 1)),
    });
  }
  const { values, present } = accumulator.finish();
  return Array.from(values, (value, step) => (present[step] === 1 ? value : undefined));
}

describe('an aggregation', () => {
  const columns = [
    [1, 5, nan, _],
    [2, _, 4, _],
    [6, _, 2, _],
  ];
  it.each([
    ['sum', [9, 5, nan, _]],
    ['avg', [3, 5, nan, _]],
    ['count', [3, 1, 3, _]],
    ['group', [1, 1, 1, _]],
    ['min', [1, 5, 2, _]],
    ['max', [6, 5, 4, _]],
    ['stdvar', [14 / 3, 0, nan, _]],
    ['stddev', [Math.sqrt(14 / 3), 0, nan, _]],
  ] as const)('of %s has what is there at each step', (op, wanted) => {
    expect(accumulated(op, columns)).toEqual(wanted);
  });

  it.each([
    ['sum', [[1e100], [2], [8], [-1e100]], [10]],
    ['sum', [[inf], [1], [-inf]], [nan]],
    ['sum', [[inf], [1e308], [1]], [inf]],
    ['avg', [[1e308], [1e308], [1e308]], [1e308]],
    ['avg', [[2], [8], [1e100], [-1e100]], [2.5]],
    ['avg', [[inf], [3], [inf]], [inf]],
    ['avg', [[inf], [-inf]], [nan]],
    ['min', [[nan], [nan]], [nan]],
    ['stdvar', [[inf], [1]], [nan]],
  ] as const)('of %s loses nothing of %j', (op, columns, wanted) => {
    expect(accumulated(op, columns)).toEqual(wanted);
  });
});
