import { expect, it, test } from 'vitest';
import { seeded } from '../../../agent/contract/seeded.ts';
import { firstAtOrAfter, inOrder } from './in-order.ts';
import { growing } from './samples.ts';
import type { Stretch } from './samples.ts';

type Sample = readonly [time: number, value: number];

// With samples of others around it, as stretches have them.
function stretchOf(samples: readonly Sample[]): Stretch {
  const around = [[-1, -1], ...samples, [-2, -2]] as Sample[];
  return {
    times: Float64Array.from(around, ([time]) => time),
    values: Float64Array.from(around, ([, value]) => value),
    from: 1,
    to: samples.length + 1,
  };
}

function samplesOf({ times, values, from, to }: Stretch): Sample[] {
  return Array.from({ length: to - from }, (_, at): Sample => [times[from + at] as number, values[from + at] as number]);
}

function merged(...stretches: readonly (readonly Sample[])[]): Sample[] {
  return samplesOf(inOrder(stretches.map(stretchOf), growing(2)));
}

test.each<[string, readonly (readonly Sample[])[], readonly Sample[]]>([
  ['nothing', [], []],
  ['nothing twice', [[], []], []],
  [
    'one behind the other',
    [
      [[1, 10]],
      [
        [2, 20],
        [3, 30],
      ],
    ],
    [
      [1, 10],
      [2, 20],
      [3, 30],
    ],
  ],
  [
    'what came later stands',
    [
      [
        [1, 10],
        [2, 20],
      ],
      [[2, 21]],
    ],
    [
      [1, 10],
      [2, 21],
    ],
  ],
  [
    'what came later of one stretch stands',
    [
      [
        [5, 1],
        [4, 2],
        [5, 3],
      ],
    ],
    [
      [4, 2],
      [5, 3],
    ],
  ],
  [
    'late samples among the others',
    [
      [
        [1, 10],
        [5, 50],
        [9, 90],
      ],
      [
        [3, 30],
        [7, 70],
      ],
    ],
    [
      [1, 10],
      [3, 30],
      [5, 50],
      [7, 70],
      [9, 90],
    ],
  ],
  [
    'all of the later before the earlier',
    [[[8, 80]], [[1, 10]], [[3, 30]]],
    [
      [1, 10],
      [3, 30],
      [8, 80],
    ],
  ],
])('%s', (_what, stretches, wanted) => {
  expect(merged(...stretches)).toEqual(wanted);
});

it('comes to what a map comes to that is filled in the order of coming', () => {
  const random = seeded(7);
  for (let round = 0; round < 300; round++) {
    let value = 0;
    const stretches = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
      const start = Math.floor(random() * 30);
      const isSorted = random() < 0.5;
      return Array.from({ length: Math.floor(random() * 20) }, (_, at): Sample => [
        isSorted ? start + at : Math.floor(random() * 40),
        value++,
      ]);
    });
    const wanted = [...new Map(stretches.flat())].sort(([a], [b]) => a - b);
    expect(merged(...stretches)).toEqual(wanted);
  }
});

it('finds the first that is not before a time', () => {
  const times = Float64Array.of(9, 1, 3, 5, 0);
  expect([0, 1, 2, 3, 5, 6].map((time) => firstAtOrAfter(times, 1, 4, time))).toEqual([1, 1, 2, 2, 3, 4]);
});
