import { describe, expect, it } from 'vitest';
import { createRanking } from './ranking.ts';

function foremost(op: 'topk' | 'bottomk', size: number, values: readonly number[]): readonly number[] {
  const ranking = createRanking(op, values.length);
  ranking.clear(Math.min(size, values.length));
  for (const [member, value] of values.entries()) ranking.add(value, member);
  return ranking.foremost();
}

const nan = Number.NaN;

describe('a ranking', () => {
  it.each([
    ['has the largest first', 'topk', 3, [5, 9, 1, 7, 8], [1, 4, 3]],
    ['has the smallest first', 'bottomk', 3, [5, 9, 1, 7, 8], [2, 0, 3]],
    ['has NaN last', 'topk', 3, [nan, 2, 1], [1, 2, 0]],
    ['has NaN last from the bottom too', 'bottomk', 3, [2, nan, 1], [2, 0, 1]],
    ['gives NaN up first', 'topk', 2, [nan, nan, 3, 4], [3, 2]],
    ['keeps the first of equals', 'topk', 1, [4, 4, 4], [0]],
    ['is shorter than asked for where there is less', 'topk', 9, [1], [0]],
  ] as const)('%s', (_name, op, size, values, wanted) => {
    expect(foremost(op, size, values)).toEqual(wanted);
  });

  it('puts many in order', () => {
    const values = Array.from({ length: 100 }, (_, at) => (at * 37) % 101);
    const wanted = [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number)).slice(0, 30);
    expect(foremost('topk', 30, values)).toEqual(wanted);
  });

  it('can start anew', () => {
    const ranking = createRanking('bottomk', 2);
    ranking.clear(2);
    ranking.add(1, 0);
    ranking.clear(1);
    ranking.add(3, 5);
    ranking.add(2, 6);
    expect(ranking.foremost()).toEqual([6]);
  });
});
