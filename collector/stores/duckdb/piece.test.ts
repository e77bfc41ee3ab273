import { describe, expect, it, test } from 'vitest';
import { seeded } from '../../../agent/contract/seeded.ts';
import { pieceInMaking } from './piece.ts';
import type { Moments } from './piece.ts';

const { NaN: GONE } = Number;

interface Made {
  readonly times: number[];
  readonly values: number[];
  readonly staleAt: readonly number[];
}

function made(times: readonly number[], values: readonly number[], moments?: Moments): Made {
  const piece = pieceInMaking(1, moments);
  piece.add('m', '{}', { times: Float64Array.from(times), values: Float64Array.from(values), from: 0, to: times.length });
  const { times: madeTimes, values: madeValues, staleAt } = piece.finish();
  return { times: [...madeTimes], values: [...madeValues], staleAt: staleAt.get(0) ?? [] };
}

describe('a mark that the series is gone', () => {
  test.each<[string, number[], number[], number[]]>([
    ['counts where nothing comes behind it', [0, 5, 10, 25], [1, 2, 3, GONE], [25]],
    ['counts where samples come again after a while', [0, 5, 10, 25, 60, 65], [1, 2, 3, GONE, 4, 5], [25]],
    ['counts where nothing was before it', [25, 60, 65], [GONE, 4, 5], [25]],
    ['counts twice', [0, 5, 20, 60, 65, 80], [1, 2, GONE, 3, 4, GONE], [20, 80]],
    ['says nothing where samples came late that fill the gap', [0, 5, 10, 12, 15, 20, 25], [1, 2, 3, GONE, 4, 5, 6], []],
    ['says nothing where a slow series goes on as ever', [0, 300, 340, 600, 900], [1, 2, GONE, 3, 4], []],
    ['says nothing where the late samples are the first', [10, 12, 15, 20], [3, GONE, 4, 5], []],
    ['counts after a gap that came before another', [0, 5, 60, 75, 120, 125, 130], [1, 2, 3, GONE, 4, 5, 6], [75]],
  ])('%s', (_what, times, values, staleAt) => {
    expect(made(times, values)).toEqual({
      times: times.filter((_, at) => !Number.isNaN(values[at])),
      values: values.filter((value) => !Number.isNaN(value)),
      staleAt,
    });
  });

  it('is told of a series that has no samples in the time', () => {
    const piece = pieceInMaking(0, undefined);
    piece.add('m', '{a="1"}', { times: Float64Array.of(5), values: Float64Array.of(GONE), from: 0, to: 1 });
    piece.add('m', '{a="2"}', { times: Float64Array.of(5), values: Float64Array.of(1), from: 0, to: 0 });
    const { series, ends, staleAt } = piece.finish();
    expect([series, [...ends], [...staleAt]]).toEqual([['m', '{a="1"}'], [0], [[0, [5]]]]);
  });
});

// What an instant vector sees at a moment.
function latestAt({ times, values, staleAt }: Made, moment: number): number | undefined {
  const at = times.findLastIndex((time) => time <= moment);
  const gone = staleAt.findLast((time) => time <= moment) ?? Number.NEGATIVE_INFINITY;
  return at < 0 || gone > (times[at] as number) ? undefined : values[at];
}

describe('only the latest sample before or at each moment', () => {
  test.each<[number, number]>([
    [60_000, 1000],
    [1000, 60_000],
    [777, 1000],
    [0, 5000],
  ])('stays of samples for steps of %i ms, and nothing is seen otherwise', (step, distance) => {
    const random = seeded(step + distance);
    let time = 1_000_000;
    const times = Array.from({ length: 200 }, () => (time += 1 + Math.floor(random() * distance)));
    const values = times.map((_, at) => (random() < 0.05 ? GONE : at));
    const to = (times.at(-1) as number) + 500;
    const all = made(times, values);
    const few = made(times, values, { to, step });
    const moments = step === 0 ? [to] : Array.from({ length: 300 }, (_, at) => to - at * step);
    expect(moments.map((moment) => latestAt(few, moment))).toEqual(moments.map((moment) => latestAt(all, moment)));
    const most = step > distance || step === 0 ? all.times.length / 2 : all.times.length;
    expect(few.times.length).toBeLessThanOrEqual(most);
  });
});
