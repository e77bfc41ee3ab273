import { expect, test } from 'vitest';
import { emptySorted, LONGEST_RUN, rowsOf, runEnd, sortBySeries } from './runs.ts';
import type { FilledColumns } from './segment.ts';

type Row = readonly [series: number, time: number, value: number];

// Runs as [series, start, step, values].
function runsOf(rows: readonly Row[], sorted = emptySorted(), ownIds = Uint32Array.from({ length: 100 }, (_, at) => at)): unknown[] {
  // In two pieces, as rows that wait are.
  const middle = rows.length >> 1;
  sortBySeries(sorted, [columnsOf(rows.slice(0, middle)), columnsOf(rows.slice(middle))], ownIds);
  const runs: unknown[] = [];
  for (let from = 0; from < sorted.length;) {
    const to = runEnd(sorted, from);
    const [first = Number.NaN, second = first] = sorted.times.subarray(from, to);
    runs.push([sorted.series[from], first, second - first, [...sorted.values.subarray(from, to)]]);
    from = to;
  }
  return runs;
}

function columnsOf(rows: readonly Row[]): FilledColumns {
  return {
    length: rows.length,
    series: Uint32Array.from(rows, ([series]) => series),
    times: Float64Array.from(rows, ([, time]) => time),
    values: Float64Array.from(rows, ([, , value]) => value),
  };
}

const DAY = 1_795_132_800_000;

test.each<[string, readonly Row[], unknown[]]>([
  ['nothing', [], []],
  ['one sample', [[7, DAY, 1]], [[7, DAY, 0, [1]]]],
  [
    'even distances of series that take turns',
    [0, 1, 2].flatMap((at): Row[] => [
      [9, DAY + at * 1000, at],
      [2, DAY + at * 5000, -at],
    ]),
    [
      [2, DAY, 5000, [-0, -1, -2]],
      [9, DAY, 1000, [0, 1, 2]],
    ],
  ],
  [
    'a gap',
    [0, 1, 2, 5, 6].map((at): Row => [1, DAY + at, at]),
    [
      [1, DAY, 1, [0, 1, 2]],
      [1, DAY + 5, 1, [5, 6]],
    ],
  ],
  [
    'a time that comes twice, the later one behind',
    [
      [1, DAY, 1],
      [1, DAY, 2],
      [1, DAY + 10, 3],
    ],
    [
      [1, DAY, 0, [1]],
      [1, DAY, 10, [2, 3]],
    ],
  ],
  [
    'a time before the one before it',
    [
      [1, DAY + 10, 1],
      [1, DAY, 2],
    ],
    [
      [1, DAY + 10, 0, [1]],
      [1, DAY, 0, [2]],
    ],
  ],
  [
    'more than a run may hold',
    [0, 1, 2, 3].map((at): Row => [1, DAY + (at * LONGEST_RUN) / 2, at]),
    [
      [1, DAY, LONGEST_RUN / 2, [0, 1, 2]],
      [1, DAY + 1.5 * LONGEST_RUN, 0, [3]],
    ],
  ],
  [
    'distances that no run spans',
    [0, 1, 2].map((at): Row => [1, DAY + at * (LONGEST_RUN + 1), at]),
    [0, 1, 2].map((at) => [1, DAY + at * (LONGEST_RUN + 1), 0, [at]]),
  ],
])('%s', (_what, rows, runs) => {
  expect(runsOf(rows)).toEqual(runs);
});

test('room that was used for more rows, or for other series, is as good as new', () => {
  const sorted = emptySorted();
  runsOf(
    Array.from({ length: 50 }, (_, at): Row => [at, DAY + at, at]),
    sorted,
  );
  expect(runsOf([[3, DAY, 4]], sorted)).toEqual([[3, DAY, 0, [4]]]);
});

test("series go by the partition's own numbers", () => {
  const ownIds = Uint32Array.from([0, 4_000_000, 3_999_999]);
  const rows: Row[] = [
    [1, DAY, 1],
    [2, DAY, 2],
  ];
  expect(runsOf(rows, emptySorted(), ownIds)).toEqual([
    [3_999_999, DAY, 0, [2]],
    [4_000_000, DAY, 0, [1]],
  ]);
});

test('the rows of a series are found among the sorted ones', () => {
  const sorted = emptySorted();
  const rows = [7, 3, 9, 7, 3, 7].map((series, at): Row => [series, DAY + at, at]);
  sortBySeries(
    sorted,
    [columnsOf(rows)],
    Uint32Array.from({ length: 100 }, (_, at) => at),
  );
  const found = (series: number): number[] => [...sorted.values.subarray(...rowsOf(sorted, series))];
  expect([2, 3, 4, 7, 9, 10].map(found)).toEqual([[], [1, 4], [], [0, 3, 5], [2], []]);
});
