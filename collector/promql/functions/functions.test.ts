import { describe, expect, it } from 'vitest';
import type { Buckets } from '../queryable.ts';
import { labelsOf } from '../labels.ts';
import type { Annotations } from '../evaluation.ts';
import { almostEqual } from './almost-equal.ts';
import type { CallContext, Window } from './function.ts';
import { experimentalFunctions, functionNamed, functions } from './functions.ts';

type Samples = readonly (readonly [seconds: number, value: number])[];

/** `SECONDS:VALUE`, one after the other. */
function samples(text: string): Samples {
  return text.split(' ').map((pair) => pair.split(':').map(Number) as [number, number]);
}

function windowOf(given: Samples, start: number, end: number, buckets?: Buckets): Window {
  return {
    labels: labelsOf({ __name__: 'requests_total' }),
    times: Float64Array.from(given, ([seconds]) => seconds * 1000),
    values: Float64Array.from(given, ([, value]) => value),
    buckets,
    from: 0,
    to: given.length,
    start: start * 1000,
    end: end * 1000,
    time: end * 1000,
  };
}

function contextWith(annotations: Annotations): CallContext {
  const at = { from: 0, to: 1 };
  return { steps: { start: 0, end: 0, step: 0 }, annotations, at, argsAt: [at, at] };
}

const silent: Annotations = { warn: () => {}, info: () => {} };

function answerOf(name: string, window: Window, args: readonly number[] = [], annotations = silent): number | undefined {
  const called = functionNamed(name);
  if (called?.kind !== 'range') throw new Error(`${name} takes no windows`);
  return called.of(window, args, contextWith(annotations));
}

/** Whether an answer is that number, but for rounding. */
function nearly(expected: number | undefined): (answer: number | undefined) => boolean {
  return (answer) =>
    Object.is(answer, expected) || (answer !== undefined && expected !== undefined && almostEqual(answer, expected, 1e-12));
}

describe('the list', () => {
  it('has every function of Prometheus 3 that is not experimental', () => {
    const names = functions.filter(({ experimental }) => !experimental).map(({ name }) => name);
    expect(names.sort().join(' ')).toBe(
      'abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max clamp_min cos cosh ' +
        'count_over_time day_of_month day_of_week day_of_year days_in_month deg delta deriv exp first_over_time floor histogram_avg histogram_count ' +
        'histogram_fraction histogram_quantile histogram_stddev histogram_stdvar histogram_sum hour idelta increase irate label_join ' +
        'label_replace last_over_time ln log10 log2 max_over_time min_over_time minute month pi predict_linear present_over_time ' +
        'quantile_over_time rad rate resets round scalar sgn sin sinh sort sort_desc sqrt stddev_over_time stdvar_over_time sum_over_time ' +
        'tan tanh time timestamp vector year',
    );
  });

  it('knows of experimental functions by name, also of those that it lacks', () => {
    expect([...experimentalFunctions].sort().join(' ')).toBe(
      'double_exponential_smoothing end histogram_quantiles info integral mad_over_time max_of min_of range sort_by_label ' +
        'sort_by_label_desc start start_timestamp step ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time',
    );
  });
});

describe('windows', () => {
  const steady: Samples = samples('10:100 20:110 30:120 40:130');
  const restarted: Samples = samples('10:100 20:110 30:5 40:15');
  const spread: Samples = samples('1:2 2:4 3:4 4:4 5:5 6:5 7:7 8:9');
  it.each<[string, string, Samples, number, number, number[], number | undefined]>([
    ['growth goes on to a bound that is near', 'increase', steady, 5, 45, [], 40],
    ['… and half a sample further where it is not', 'increase', steady, -10, 60, [], 40],
    ['… per second of the window', 'rate', steady, 5, 45, [], 1],
    ['a reset is counted as growth from 0', 'increase', restarted, 5, 45, [], (25 * 40) / 30],
    ['… but not by delta', 'delta', restarted, 5, 45, [], (-85 * 40) / 30],
    // 10 at 10 s, growing by 1 a second: 0 at 0 s, where the counter began.
    ['a counter is not taken to before it was 0', 'increase', samples('10:2 20:12 30:22'), 5, 30, [], 22],
    ['one sample has no rate', 'rate', samples('10:2'), 5, 15, [], undefined],
    ['irate is of the last two', 'irate', restarted, 0, 60, [], 1],
    ['… and from 0 after a reset', 'irate', restarted.slice(0, 3), 0, 60, [], 0.5],
    ['idelta is of the last two', 'idelta', restarted.slice(0, 3), 0, 60, [], -105],
    ['changes', 'changes', spread, 0, 8, [], 4],
    ['NaN after NaN is no change', 'changes', samples('1:NaN 2:NaN 3:1'), 0, 3, [], 1],
    ['resets', 'resets', restarted, 0, 60, [], 1],
    ['deriv', 'deriv', steady, 0, 60, [], 1],
    ['deriv of a constant', 'deriv', samples('1:3 2:3 3:3'), 0, 3, [], 0],
    ['predict_linear counts from the step', 'predict_linear', steady, 0, 60, [100], 250],
    ['stddev_over_time', 'stddev_over_time', spread, 0, 8, [], 2],
    ['stdvar_over_time', 'stdvar_over_time', spread, 0, 8, [], 4],
    ['quantile_over_time', 'quantile_over_time', spread, 0, 8, [0.5], 4.5],
    ['a quantile below 0', 'quantile_over_time', spread, 0, 8, [-1], -Infinity],
    ['NaN is the least', 'quantile_over_time', samples('1:5 2:NaN'), 0, 8, [0], NaN],
    ['NaN is the least, also beside infinity', 'quantile_over_time', samples('1:Infinity 2:NaN'), 0, 8, [1], NaN],
    ['mad_over_time', 'mad_over_time', samples('1:4 2:6 3:2 4:1 5:999 6:1 7:2'), 0, 8, [], 1],
    ['mad_over_time of NaN', 'mad_over_time', samples('1:4 2:NaN 3:2'), 0, 8, [], NaN],
    ['first_over_time', 'first_over_time', spread, 0, 8, [], 2],
    ['min_over_time passes NaN', 'min_over_time', samples('1:NaN 2:4 3:NaN'), 0, 8, [], 4],
    ['max_over_time passes NaN', 'max_over_time', samples('1:NaN 2:4 3:NaN'), 0, 8, [], 4],
    ['last_over_time', 'last_over_time', spread, 0, 8, [], 9],
    ['present_over_time', 'present_over_time', spread, 0, 8, [], 1],
    ['small numbers are not lost between large ones', 'sum_over_time', samples('1:1 2:1e100 3:1 4:-1e100'), 0, 8, [], 2],
    ['a mean whose sum is too large for a double', 'avg_over_time', samples('1:1.7e308 2:1.7e308 3:1.7e308'), 0, 8, [], 1.7e308],
    ['a sum that is infinite', 'sum_over_time', samples('1:Infinity 2:1'), 0, 8, [], Infinity],
    ['ts_of_max_over_time is of the last of them', 'ts_of_max_over_time', samples('1:7 2:9 3:9 4:1'), 0, 8, [], 3],
  ])('%s', (_title, name, given, start, end, args, expected) => {
    const answer = answerOf(name, windowOf(given, start, end), args);
    expect(answer).toSatisfy(nearly(expected));
  });

  it('of roll-ups are what the samples in their buckets were', () => {
    const buckets: Buckets = {
      resolution: 60_000,
      counts: Float64Array.of(12, 4),
      sums: Float64Array.of(120, 8),
      mins: Float64Array.of(-3, 1),
      maxs: Float64Array.of(30, 5),
    };
    const window = windowOf(samples('59:7 119:2'), 0, 120, buckets);
    const asked = ['sum', 'avg', 'count', 'min', 'max', 'last', 'present'].map((name) => answerOf(`${name}_over_time`, window));
    expect(asked).toEqual([128, 8, 16, -3, 30, 2, 1]);
  });

  it('only some of the samples count', () => {
    const window = { ...windowOf(spread, 0, 8), from: 2, to: 5 };
    expect(answerOf('sum_over_time', window)).toBe(13);
    expect(answerOf('min_over_time', window)).toBe(4);
    expect(answerOf('max_over_time', window)).toBe(5);
    expect(answerOf('count_over_time', window)).toBe(3);
    expect(answerOf('quantile_over_time', window, [1])).toBe(5);
  });

  it('tell, once a series, of rates of what is no counter', () => {
    const told: string[] = [];
    const context = contextWith({ warn: () => {}, info: (message) => told.push(message) });
    const rate = functionNamed('rate');
    if (rate?.kind !== 'range') throw new Error('rate takes windows');
    const rising = samples('1:1 2:2');
    const gauge = { ...windowOf(rising, 0, 2), labels: labelsOf({ __name__: 'temperature' }) };
    for (const window of [gauge, gauge, windowOf(rising, 0, 2)]) rate.of(window, [], context);
    expect(told).toEqual(['metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "temperature"']);
  });

  it('warn of a quantile that is none', () => {
    const told: string[] = [];
    answerOf('quantile_over_time', windowOf(spread, 0, 8), [1.5], { warn: (message) => told.push(message), info: () => {} });
    expect(told).toEqual(['quantile value should be between 0 and 1, got 1.5']);
  });

  it('fail where a factor is out of bounds', () => {
    expect(() => answerOf('double_exponential_smoothing', windowOf(spread, 0, 8), [1.5, 0.5])).toThrow(
      'invalid smoothing factor. Expected: 0 < sf < 1, got: 1.500000',
    );
  });
});
