import { describe, expect, it } from 'vitest';
import { milliseconds } from './durations.ts';
import { readScript } from './script.ts';
import type { Eval, Load } from './script.ts';
import { readSeriesLine } from './series-line.ts';
import type { Point } from './series-line.ts';

describe('a line of points', () => {
  it.each<[string, Point[]]>([
    ['1 2.5 -3 1e-3', [1, 2.5, -3, 0.001]],
    ['_ 1 _x3 2', [undefined, 1, undefined, undefined, undefined, 2]],
    ['5+2x3', [5, 7, 9, 11]],
    ['-1-2x2', [-1, -3, -5]],
    ['7x2', [7, 7, 7]],
    ['0x2', [0, 0, 0]],
    ['1 stale 2', [1, 'stale', 2]],
    ['Inf -Inf +Inf NaN', [Infinity, -Infinity, Infinity, NaN]],
  ])('%s', (text, points) => {
    expect(readSeriesLine(`metric ${text}`)).toEqual({ labels: ['__name__', 'metric'], points, isHistogram: false });
  });

  it.each<[string, string[]]>([
    ['m{b="2", a="1"}', ['__name__', 'm', 'a', '1', 'b', '2']],
    ['{}', []],
    ['m{}', ['__name__', 'm']],
    [`{a='x"y', b=\`c\\d\`, c="e\\"f\\n"}`, ['a', 'x"y', 'b', 'c\\d', 'c', 'e"f\n']],
    ['{"not plain", "and.this"="1",}', ['__name__', 'not plain', 'and.this', '1']],
    ['{a=""}', []],
    ['m{a="}"}', ['__name__', 'm', 'a', '}']],
  ])('of the series %s', (series, labels) => {
    expect(readSeriesLine(`${series} 1`)).toEqual({ labels, points: [1], isHistogram: false });
  });

  it('of native histograms has no points', () => {
    expect(readSeriesLine('m{a="1"} {{schema:0 sum:5 count:4 buckets:[1 2 1]}}x3')).toMatchObject({ points: [], isHistogram: true });
    expect(readSeriesLine('m   {{count:1}} 1 2')).toMatchObject({ labels: ['__name__', 'm'], isHistogram: true });
  });

  it.each(['m one', 'm 1 2 x3', 'm{a=1} 1', 'm{a="1" 1'])('is none: %s', (line) => {
    expect(() => readSeriesLine(line)).toThrow('not a');
  });
});

describe('a script', () => {
  it('loads, clears and asks', () => {
    const commands = readScript(`
# A comment.
load 1m
  a 1 2
  b{c="d"} _ 3

clear
eval instant at 5m30s a + 1
  expect no_warn
  expect info regex: might not .* counter
  {} 3

eval range from 0 to 2m step 30s a
  # Nothing more.
`);
    expect(commands.map(({ kind }) => kind)).toEqual(['load', 'clear', 'eval', 'eval']);
    const [load, , instant, range] = commands as [Load, unknown, Eval, Eval];
    expect(load).toMatchObject({ step: 60_000, alsoNative: false, series: [{ points: [1, 2] }, { points: [undefined, 3] }] });
    expect(instant).toMatchObject({ line: 8, text: 'a + 1', start: 330_000, end: 330_000, step: 0 });
    expect(instant.expected).toMatchObject({ noWarnings: true, noInfos: false, series: [{ labels: [], points: [3] }] });
    expect(instant.expected.infos.map(({ fits }) => fits('PromQL info: it might not be a counter (1:1)'))).toEqual([true]);
    expect(range).toMatchObject({ text: 'a', start: 0, end: 120_000, step: 30_000, expected: { series: [] } });
  });

  it('asks in older words, too', () => {
    const evals = readScript(`
eval_fail instant at 0 a
  expected_fail_message no such thing

eval_fail range from 0 to 1m step 1m a
  expected_fail_regexp no .* thing

eval_ordered instant at 1m sort(a)
  b 1

eval_warn instant at 1m a

eval_info instant at 1m a

load_with_nhcb 5m
  a_bucket{le="1"} 1
`);
    const [message, pattern, ordered, warned, informed, load] = evals as [Eval, Eval, Eval, Eval, Eval, Load];
    expect([message, pattern].map(({ expected }) => expected.fail?.fits('no such thing'))).toEqual([true, true]);
    expect([message, pattern].map(({ expected }) => expected.fail?.fits('no other thing'))).toEqual([false, true]);
    expect(ordered.expected.isOrdered).toBe(true);
    expect(warned.expected.warnings).toHaveLength(1);
    expect(informed.expected.infos).toHaveLength(1);
    expect(load.alsoNative).toBe(true);
  });

  it('expects numbers, texts and matrices', () => {
    const evals = readScript(`
eval instant at 0 1 + 1
  2
eval instant at 0 "a"
  expect string "a\\tb"

eval instant at 1m a[1m]
  expect range vector from 10s to 1m step 10s
  a 1 2
`);
    const [number, text, matrix] = evals as [Eval, Eval, Eval];
    expect(number.expected.scalar).toBe(2);
    expect(text.expected.string).toBe('a\tb');
    expect(matrix.expected.matrix).toEqual({ start: 10_000, end: 60_000, step: 10_000 });
  });

  it('that is none is refused with the line', () => {
    expect(() => readScript('\nload 1m\n  a b\n')).toThrow('line 2: not a point: b');
    expect(() => readScript('clear\nevaluate 1')).toThrow('line 2: not a command: evaluate 1');
  });
});

it.each([
  ['0', 0],
  ['1h30m', 5_400_000],
  ['1d12h', 129_600_000],
  ['90s', 90_000],
  ['1ms', 1],
])('the duration %s has %d ms', (text, expected) => {
  expect(milliseconds(text)).toBe(expected);
});
