import { describe, expect, it } from 'vitest';
import type { SeriesSamples } from '../queryable.ts';
import { lookBack } from './look-back.ts';

const moments = { first: 0, stride: 10, last: 60 };

function series(samples: readonly (readonly [time: number, value: number])[], staleAt: readonly number[] = []): SeriesSamples {
  return {
    labels: [],
    times: Float64Array.from(samples, ([time]) => time),
    values: Float64Array.from(samples, ([, value]) => value),
    staleAt,
    buckets: undefined,
  };
}

function filled(samples: SeriesSamples, lookback: number, answer: 'value' | 'time' = 'value', at = moments): (number | undefined)[] {
  const filler = lookBack(at, lookback, answer);
  const values = new Float64Array(7);
  const present = new Uint8Array(7).fill(9);
  filler.begin(samples, values, present);
  filler.fill(0, 3);
  filler.fill(3, 7);
  expect(filler.any()).toBe(present.includes(1));
  return Array.from(values, (value, step) => (present[step] === 1 ? value : undefined));
}

const _ = undefined;

describe('looking back from moments 0, 10 … 60', () => {
  it.each([
    [
      'takes the latest sample before or at each',
      [
        [5, 1],
        [10, 2],
        [11, 3],
      ],
      [],
      100,
      [_, 2, 3, 3, 3, 3, 3],
    ],
    ['finds a sample until it is as old as the look-back, which is open on the left', [[10, 1]], [], 20, [_, 1, 1, _, _, _, _]],
    [
      'finds nothing from a mark on until the next sample',
      [
        [0, 1],
        [31, 2],
      ],
      [15],
      100,
      [1, 1, _, _, 2, 2, 2],
    ],
    ['sees a mark at the moment itself', [[0, 1]], [10], 100, [1, _, _, _, _, _, _]],
    ['passes marks before the first sample', [[20, 1]], [-5, 3], 100, [_, _, 1, 1, 1, 1, 1]],
    [
      'ends with the mark although an older sample is near',
      [
        [0, 1],
        [10, 2],
      ],
      [12, 14],
      100,
      [1, 2, _, _, _, _, _],
    ],
    ['takes NaN for a value', [[10, Number.NaN]], [], 15, [_, Number.NaN, Number.NaN, _, _, _, _]],
    ['finds nothing without samples', [], [4], 100, [_, _, _, _, _, _, _]],
  ] as const)('%s', (_name, samples, staleAt, lookback, wanted) => {
    expect(filled(series(samples, staleAt), lookback)).toEqual(wanted);
  });

  it('answers the time in seconds where that is asked for', () => {
    expect(filled(series([[12, 7]]), 30, 'time')).toEqual([_, _, 0.012, 0.012, 0.012, _, _]);
  });

  it('looks at one moment again and again where @ fixes it', () => {
    expect(
      filled(
        series([
          [5, 1],
          [30, 2],
        ]),
        20,
        'value',
        { first: 20, stride: 0, last: 20 },
      ),
    ).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it.each([
    [30, [_, 1, 1, 1, 1, 1, _]],
    [19, [_, 1, 1, _, _, _, _]],
  ])('looks further back by a bucket of %d that is no shorter than the look-back', (resolution, wanted) => {
    const empty = new Float64Array(1);
    const buckets = { resolution, counts: empty, sums: empty, mins: empty, maxs: empty };
    expect(filled({ ...series([[10, 1]]), buckets }, 20)).toEqual(wanted);
  });
});
