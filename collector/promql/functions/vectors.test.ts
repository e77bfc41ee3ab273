import { describe, expect, it } from 'vitest';
import type { Column, Steps } from '../evaluation.ts';
import { labelsOf } from '../labels.ts';
import { almostEqual } from './almost-equal.ts';
import type { Argument } from './function.ts';
import { functionNamed } from './functions.ts';

type Values = readonly (number | undefined)[];

function column(pairs: Record<string, string>, values: Values, dropsName = false): Column {
  return {
    labels: labelsOf(pairs),
    values: Float64Array.from(values, (value) => value ?? 0),
    present: Uint8Array.from(values, (value) => Number(value !== undefined)),
    dropsName,
  };
}

function asArgument(value: readonly Column[] | number | string, steps: number): Argument {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'number') return { type: 'scalar', values: new Float64Array(steps).fill(value) };
  return { type: 'vector', columns: value };
}

function at(iso: string): number {
  return Date.parse(iso) / 1000;
}

/** Whether an answer is that number, but for rounding. */
function nearly(expected: number | undefined): (answer: number | undefined) => boolean {
  return (answer) =>
    Object.is(answer, expected) || (answer !== undefined && expected !== undefined && almostEqual(answer, expected, 1e-12));
}

interface Asked {
  readonly answer: Record<string, Values> | number[];
  readonly order: readonly string[];
  readonly messages: readonly string[];
  readonly columns: readonly Column[];
}

/** Calls a function of whole arguments; series are named by their labels. */
function call(name: string, args: readonly (readonly Column[] | number | string)[], { steps = 1, start = 0 } = {}): Asked {
  const called = functionNamed(name);
  if (called?.kind !== 'whole') throw new Error(`${name} is not called with whole arguments`);
  const asked: Steps = { start, end: start + (steps - 1) * 1000, step: steps === 1 ? 0 : 1000 };
  const messages: string[] = [];
  const tell = (message: string) => void messages.push(message);
  const at = { from: 0, to: 1 };
  const answer = called.of(
    args.map((arg) => asArgument(arg, steps)),
    { steps: asked, annotations: { warn: tell, info: tell }, at, argsAt: args.map(() => at) },
  );
  if (answer instanceof Float64Array) return { answer: [...answer], order: [], messages, columns: [] };
  const order = answer.map(({ labels }) => labels.join(' '));
  const values = answer.map(({ values, present }) => [...values].map((value, step) => (present[step] === 1 ? value : undefined)));
  return { answer: Object.fromEntries(order.map((key, index) => [key, values[index] as Values])), order, messages, columns: answer };
}

describe('labels', () => {
  const series = [column({ __name__: 'up', src: 'a-10', z: '1' }, [1])];
  it.each([
    ['the whole value must match', ['dst', 'x', 'src', 'a'], { '__name__ up src a-10 z 1': [1] }],
    ['groups by number', ['dst', '$2/$1', 'src', '(.*)-(.*)'], { '__name__ up dst 10/a src a-10 z 1': [1] }],
    ['groups by name', ['dst', '${n}x', 'src', '.*-(?P<n>.*)'], { '__name__ up dst 10x src a-10 z 1': [1] }],
    ['a name without braces goes on as far as it can', ['dst', '$1x', 'src', '(.*)-.*'], { '__name__ up src a-10 z 1': [1] }],
    ['$$ is $', ['dst', '$$1', 'src', '.*'], { '__name__ up dst $1 src a-10 z 1': [1] }],
    ['a $ that says nothing stays', ['dst', 'a$ ${', 'src', '.*'], { '__name__ up dst a$ ${ src a-10 z 1': [1] }],
    ['an empty value takes the label away', ['src', '', 'src', '.*'], { '__name__ up z 1': [1] }],
    ['a label that is not there is empty', ['dst', 'was $1 empty', 'none', '(.*)'], { '__name__ up dst was  empty src a-10 z 1': [1] }],
    ['a dot matches line ends', ['dst', 'y', 'nl', '.*'], { '__name__ up dst y src a-10 z 1': [1] }],
  ])('are replaced: %s', (_title, [target, template, source, pattern], expected) => {
    expect(call('label_replace', [series, target as string, template as string, source as string, pattern as string]).answer).toEqual(
      expected,
    );
  });

  it('are not written endlessly', () => {
    const long = [column({ src: 'x'.repeat(40_000) }, [1])];
    expect(() => call('label_replace', [long, 'dst', '$1$1', 'src', '(.*)'])).toThrow(
      'label dst would have 80000 characters, at most 65536',
    );
    expect(() => call('label_join', [long, 'dst', '', 'src', 'src'])).toThrow('label dst would have 80000 characters, at most 65536');
  });

  it('keep a name that was written although an operation has dropped the old one', () => {
    const [replaced] = call('label_replace', [[column({ a: 'x' }, [1], true)], '__name__', 'new', '', '']).columns;
    expect(replaced).toMatchObject({ labels: ['__name__', 'new', 'a', 'x'], dropsName: false });
  });

  it('are joined, empty ones too', () => {
    expect(call('label_join', [series, 'dst', '-', 'z', 'none', 'src']).answer).toEqual({ '__name__ up dst 1--a-10 src a-10 z 1': [1] });
    expect(call('label_join', [series, 'src', '-']).answer).toEqual({ '__name__ up z 1': [1] });
  });

  it('that have become the same make one series, unless both have a value at a step', () => {
    const apart = [column({ a: '1' }, [1, undefined]), column({ a: '2' }, [undefined, 2])];
    expect(call('label_replace', [apart, 'a', 'x', 'a', '.*'], { steps: 2 }).answer).toEqual({ 'a x': [1, 2] });
    const together = [column({ a: '1' }, [1, 1]), column({ a: '2' }, [undefined, 2])];
    expect(() => call('label_replace', [together, 'a', 'x', 'a', '.*'], { steps: 2 })).toThrow(
      'vector cannot contain metrics with the same labelset',
    );
  });

  it.each([
    ['label_replace', ['dst', 'x', 'src', '(.*'], 'invalid regular expression in label_replace(): (.*'],
    ['label_replace', ['dst', 'x', 'src', '(?:a{1000}b){20}'], 'regular expression is too large'],
    ['label_replace', ['', 'x', 'src', '.*'], 'invalid destination label name in label_replace(): '],
    ['label_join', ['dst', 'x', ''], 'invalid source label name in label_join(): '],
  ])('%s refuses %j', (name, texts, message) => {
    expect(() => call(name, [series, ...texts])).toThrow(message);
  });
});

describe('histograms', () => {
  const buckets = (counts: Record<string, Values>) =>
    Object.entries(counts).map(([le, values]) => column({ __name__: 'x_bucket', le }, values));
  const latencies = buckets({ '0.1': [5], '.2': [7], '1e0': [11], '+Inf': [12] });

  it.each([
    [0, 0],
    [0.2, 0.048],
    [0.5, 0.15],
    [0.8, 0.72],
    [1, 1],
    [-0.1, -Infinity],
    [1.1, Infinity],
    [NaN, NaN],
  ])('the %d quantile', (quantile, expected) => {
    const { answer, columns } = call('histogram_quantile', [quantile, latencies]);
    expect(Object.keys(answer)).toEqual(['__name__ x_bucket']);
    expect(columns[0]?.dropsName).toBe(true);
    expect(columns[0]?.values[0]).toSatisfy(nearly(expected));
  });

  it.each<[string, Record<string, Values>, number]>([
    ['without an endless bucket', { '1': [1], '2': [2] }, NaN],
    ['without observations', { '1': [0], '+Inf': [0] }, NaN],
    ['of one bucket', { '+Inf': [3] }, NaN],
    ['whose lowest bound is not above 0', { '-1': [5], '1': [5], '+Inf': [5] }, -1],
    ['whose bounds are written in two ways', { '1': [1], '1.0': [1], '2': [4], Inf: [4] }, 1],
  ])('a histogram %s', (_title, counts, expected) => {
    expect(call('histogram_quantile', [0.5, buckets(counts)]).columns[0]?.values[0]).toBe(expected);
  });

  it('are what has a count at the step', () => {
    const later = buckets({ '1': [undefined, 1], '2': [1, 1], '+Inf': [2, 2] });
    expect(
      call('histogram_quantile', [0.5, [...later, ...latencies.map((each) => ({ ...each, labels: ['le', each.labels[3] as string] }))]], {
        steps: 2,
      }).answer,
    ).toMatchObject({
      '__name__ x_bucket': [2, 1],
    });
  });

  it('whose counts fall are made right, and that is told once for all steps', () => {
    const falling = buckets({ '1': [10, 10], '2': [7, 9], '+Inf': [20, 20] });
    const { columns, messages } = call('histogram_quantile', [0.25, falling], { steps: 2, start: 60_000 });
    expect([...(columns[0]?.values ?? [])]).toEqual([0.5, 0.5]);
    expect(messages).toEqual([
      'input to histogram_quantile needed to be fixed for monotonicity (see ' +
        'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name "x_bucket", ' +
        'from buckets 2 to 2, with a max diff of 3, over 2 samples from 1970-01-01T00:01:00Z to 1970-01-01T00:01:01Z',
    ]);
  });

  it('that rounding has made fall are mended without a word', () => {
    const rounded = buckets({ '1': [10], '2': [9.999999999999998], '+Inf': [20] });
    expect(call('histogram_quantile', [0.5, rounded])).toMatchObject({ answer: { '__name__ x_bucket': [1] }, messages: [] });
  });

  it('without a bound that is a number are warned of', () => {
    const { answer, messages } = call('histogram_quantile', [0.5, [column({ __name__: 'x', le: 'much' }, [1]), column({ a: '1' }, [1])]]);
    expect(answer).toEqual({});
    expect(messages).toEqual([
      'bucket label "le" is missing or has a malformed value of "much" for metric name "x"',
      'bucket label "le" is missing or has a malformed value of ""',
    ]);
  });

  it.each([
    [0, 0.2, 7 / 12],
    [0.1, 0.15, 1 / 12],
    [-Infinity, Infinity, 1],
    [0.5, 0.5, 0],
    [2, Infinity, 1 / 12],
    [0, NaN, NaN],
  ])('the fraction from %d to %d', (lower, upper, expected) => {
    expect(call('histogram_fraction', [lower, upper, latencies]).columns[0]?.values[0]).toSatisfy(nearly(expected));
  });
});

describe('other functions of vectors', () => {
  it.each([
    ['minute', at('2026-02-28T23:59:59Z'), 59],
    ['hour', at('2026-02-28T23:59:59Z'), 23],
    ['hour', -1, 23],
    ['day_of_week', at('2026-10-17T12:00:00Z'), 6],
    ['day_of_week', at('1969-12-28T12:00:00Z'), 0],
    ['day_of_month', at('2024-02-29T00:00:00Z'), 29],
    ['day_of_year', at('2024-12-31T00:00:00Z'), 366],
    ['days_in_month', at('2024-02-01T00:00:00Z'), 29],
    ['days_in_month', at('1900-02-01T00:00:00Z'), 28],
    ['days_in_month', at('2025-12-01T00:00:00Z'), 31],
    ['month', at('2025-12-31T23:59:59Z'), 12],
    ['month', at('2026-01-01T00:00:00Z'), 1],
    ['year', at('1600-02-29T00:00:00Z'), 1600],
    ['year', -0.5, 1970],
    // What Go's calendar makes of the int64 that amd64 makes of it.
    ['year', NaN, 292277026596],
  ])('%s of %d', (name, seconds, expected) => {
    expect(call(name, [[column({ a: '1' }, [seconds])]]).answer).toEqual({ 'a 1': [expected] });
  });

  it('dates are of the steps where nothing is given', () => {
    expect(call('minute', [], { steps: 3, start: 59_000 }).answer).toEqual({ '': [0, 1, 1] });
  });

  it('time, pi, vector and scalar', () => {
    expect(call('time', [], { steps: 2, start: 1500 }).answer).toEqual([1.5, 2.5]);
    expect(call('pi', [], { steps: 2 }).answer).toEqual([Math.PI, Math.PI]);
    expect(call('vector', [3], { steps: 2 }).answer).toEqual({ '': [3, 3] });
    const two = [column({ a: '1' }, [1, undefined, undefined]), column({ a: '2' }, [2, 3, undefined])];
    expect(call('scalar', [two], { steps: 3 }).answer).toEqual([NaN, 3, NaN]);
  });

  it('clamp has no answer where its bounds cross, and an infinite bound clamps NaN', () => {
    const values = [column({ a: '1' }, [-5, 0, 5, NaN])];
    expect(call('clamp', [values, -1, 1], { steps: 4 }).answer).toEqual({ 'a 1': [-1, 0, 1, NaN] });
    expect(call('clamp', [values, 1, -1], { steps: 4 }).answer).toEqual({ 'a 1': [undefined, undefined, undefined, undefined] });
    expect(call('clamp', [values, -Infinity, -Infinity], { steps: 4 }).answer).toEqual({
      'a 1': [-Infinity, -Infinity, -Infinity, -Infinity],
    });
  });

  it.each([
    ['sort', ['a 1', 'a 3', 'a 2', 'a 4']],
    ['sort_desc', ['a 2', 'a 3', 'a 1', 'a 4']],
  ])('%s has NaN last', (name, expected) => {
    const values = [column({ a: '1' }, [1]), column({ a: '4' }, [NaN]), column({ a: '2' }, [3]), column({ a: '3' }, [2])];
    expect(call(name, [values]).order).toEqual(expected);
  });

  it('sorting says that it does nothing over several steps', () => {
    const { messages } = call('sort', [[column({ a: '1' }, [1, 1])]], { steps: 2 });
    expect(messages).toEqual(['sort is ineffective for range queries since results are always ordered by labels']);
  });

  it('numbers in labels are sorted as numbers', () => {
    const named = ['cpu10', 'cpu2', 'cpu1', 'cpu', 'a9'].map((cpu) => column({ cpu }, [1]));
    expect(call('sort_by_label', [named, 'cpu']).order).toEqual(['cpu a9', 'cpu cpu', 'cpu cpu1', 'cpu cpu2', 'cpu cpu10']);
    expect(call('sort_by_label_desc', [named, 'cpu']).order[0]).toBe('cpu cpu10');
  });

  it('those of native histograms answer nothing of numbers', () => {
    expect(call('histogram_count', [[column({ a: '1' }, [1])]]).answer).toEqual({});
  });
});

describe('values', () => {
  it.each<[string, number, number[], number]>([
    ['round', 2.5, [], 3],
    ['round', -2.5, [], -2],
    ['round', 1.23, [0.1], 1.2],
    ['round', 17, [5], 15],
    ['sgn', -3, [], -1],
    ['sgn', NaN, [], NaN],
    ['clamp_min', NaN, [1], NaN],
    ['clamp_min', NaN, [Infinity], Infinity],
    ['clamp_max', 5, [3], 3],
    ['deg', Math.PI, [], 180],
    ['rad', 180, [], Math.PI],
    ['log2', 8, [], 3],
    ['acosh', 0.5, [], NaN],
  ])('%s(%d, %j)', (name, value, args, expected) => {
    const called = functionNamed(name);
    if (called?.kind !== 'value') throw new Error(`${name} is not called with values`);
    expect(called.of(value, args, 0)).toBe(expected);
  });
});
