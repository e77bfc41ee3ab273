import { describe, expect, it } from 'vitest';
import { madeQuestion, randomNumbers } from '../../test/promql/made-questions.ts';
import { parse } from './parse.ts';
import { print, printLine } from './print.ts';
import { durationText } from './print/duration-text.ts';

describe('an expression on one line', () => {
  it.each([
    ['up', 'up'],
    ['up{}', 'up'],
    ['{__name__="up",job=\'x\'}', '{__name__="up",job="x"}'],
    ['up{b!="1", a=~"x|y" , c!~"z"}', 'up{a=~"x|y",b!="1",c!~"z"}'],
    ['{__name__=~"up.*"}', '{__name__=~"up.*"}'],
    ['{"a.b",job="x"}', '{__name__="a.b",job="x"}'],
    ['up{"a.b"="x"}', 'up{"a.b"="x"}'],
    ['sum(up)by(job)', 'sum by (job) (up)'],
    ['sum by(job, "a b") (up)', 'sum by (job, "a b") (up)'],
    ['sum by() (up)', 'sum(up)'],
    ['sum without() (up)', 'sum without () (up)'],
    ['SUM without(instance) (up)', 'sum without (instance) (up)'],
    ['topk by (a,b) (3,up)', 'topk by (a, b) (3, up)'],
    ['count_values("v", up)', 'count_values("v", up)'],
    ['rate(up[5m] offset 1h)', 'rate(up[5m] offset 1h)'],
    ['up @ 1.5 offset -90s', 'up @ 1.500 offset -1m30s'],
    ['up offset 1m @ end()', 'up @ end() offset 1m'],
    ['up @ start() [5m]', 'up[5m] @ start()'],
    ['max_over_time(rate(up[1m])[1h:] @ start() offset 1d)', 'max_over_time(rate(up[1m])[1h:] @ start() offset 1d)'],
    ['avg_over_time(up[1h:30s])', 'avg_over_time(up[1h:30s])'],
    ['a+on(x)group_left(y)b', 'a + on (x) group_left (y) b'],
    ['a * ignoring(x,y) group_right b', 'a * ignoring (x, y) group_right () b'],
    ['a - on() b', 'a - on () b'],
    ['a - ignoring() b', 'a - b'],
    ['a and on() b', 'a and on () b'],
    ['a >bool 1', 'a > bool 1'],
    ['a ATAN2 b', 'a atan2 b'],
    ['-(1+2)', '-(1 + 2)'],
    ['-1^2', '-1 ^ 2'],
    ['- -1', '1'],
    ['"é\\n\\x01"', '"é\\n\\x01"'],
    ["'\\'\"\\\\'", '"\'\\"\\\\"'],
    ['"\\xff\\u200b☺\\U0001F600"', '"\\xff\\u200b☺😀"'],
    ['1e3', '1000'],
    ['1e22', '10000000000000000000000'],
    ['1e-9', '0.000000001'],
    ['-Inf', '-Inf'],
    ['+inf', '+Inf'],
    ['nan', 'NaN'],
    ['up + 90s', 'up + 1m30s'],
    ['-5m', '-5m'],
    ['time()', 'time()'],
  ])('%s is written %s', (text, written) => {
    expect(printLine(parse(text))).toBe(written);
    expect(print(parse(text))).toBe(written);
    expect(printLine(parse(written))).toBe(written);
  });
});

const long = 'metric_with_a_long_name_that_takes_much_of_a_line{job="x"}';

describe('a long expression', () => {
  it.each([
    ['a binary one', [`${long}+bool_metric*${long}`], [`  ${long}`, '+', `  bool_metric * ${long}`]],
    ['with matching', [`${long} == bool on(x) group_left ${long}`], [`  ${long}`, '== bool on (x) group_left ()', `  ${long}`]],
    ['a chain', [`${long} - ${long} - ${long}`], [`    ${long}`, '  -', `    ${long}`, '-', `  ${long}`]],
    ['parentheses and signs', [`-(${long} or ${long})`], ['-(', `    ${long}`, '  or', `    ${long}`, ')']],
    [
      'an aggregation with a parameter',
      [`topk(5, ${long} or ${long}) by (job)`],
      ['topk by (job) (', '  5,', `    ${long}`, '  or', `    ${long}`, ')'],
    ],
    [
      'a call whose short subquery is not indented',
      [`quantile_over_time(scalar(${long}) + scalar(${long}), (foo)[1h:])`],
      ['quantile_over_time(', `    scalar(${long})`, '  +', `    scalar(${long}),`, '(foo)[1h:]', ')'],
    ],
    [
      'a long subquery',
      [`max_over_time(rate(${long}[5m])[1h:1m] offset 1234567s)`],
      ['max_over_time(', `rate(${long}[5m])[1h:1m] offset 14d6h56m7s`, ')'],
    ],
    [
      'a longer subquery',
      [`sum by (job) (max_over_time((${long} or ${long})[1h:]))`],
      ['sum by (job) (', '  max_over_time(', '    (', `        ${long}`, '      or', `        ${long}`, '    )[1h:]', '  )', ')'],
    ],
    [
      'a call',
      ['label_replace(sum by (instance, job) (rate(requests_total{code=~"5.."}[5m])), "host", "$1", "instance", "(.*):.*")'],
      [
        'label_replace(',
        '  sum by (instance, job) (rate(requests_total{code=~"5.."}[5m])),',
        '  "host",',
        '  "$1",',
        '  "instance",',
        '  "(.*):.*"',
        ')',
      ],
    ],
    [
      'a selector, which cannot be broken',
      [`${long.slice(0, -1)},instance="${'n'.repeat(60)}"}`],
      [`${long.slice(0, -8)}instance="${'n'.repeat(60)}",job="x"}`],
    ],
  ])('has a line for every part: %s', (_, text, lines) => {
    const written = print(parse(text.join('')));
    expect(written.split('\n')).toEqual(lines);
    expect(print(parse(written))).toBe(written);
  });

  it('is measured in bytes', () => {
    const values = ['x'.repeat(89), 'x'.repeat(90), 'é'.repeat(44), 'é'.repeat(45)];
    const lines = values.map((value) => print(parse(`a{b="${value}"} + c`)).split('\n').length);
    expect(lines).toEqual([1, 3, 1, 3]);
  });

  it('takes no more than its text, however deep it is', () => {
    const text = `${'('.repeat(400)}${Array.from({ length: 400 }, () => long).join(' + ')}${')'.repeat(400)}`;
    expect(() => print(parse(text))).toThrow('nested deeper');
    const deep = `${'('.repeat(200)}${Array.from({ length: 200 }, () => long).join(' + ')}${')'.repeat(200)}`;
    expect(print(parse(print(parse(deep))))).toBe(print(parse(deep)));
  });
});

describe('what is printed', () => {
  it('reads back as the same expression', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const text = madeQuestion(randomNumbers(seed), seed % 4);
      const expression = parse(text);
      const written = print(expression);
      expect({ text, read: bare(parse(written)) }).toEqual({ text, read: bare(expression) });
      expect({ text, read: bare(parse(printLine(expression))) }).toEqual({ text, read: bare(expression) });
      expect(print(parse(written))).toBe(written);
    }
  });
});

it.each([
  [0, '0s'],
  [1, '1ms'],
  [90_000, '1m30s'],
  [86_400_000, '1d'],
  [90 * 86_400_000, '90d'],
  [7 * 86_400_000, '1w'],
  [8 * 86_400_000, '8d'],
  [365 * 86_400_000, '1y'],
])('%s ms are %s', (ms, text) => expect(durationText(ms)).toBe(text));

/** An expression without places, its matchers in one order. */
function bare(part: unknown): unknown {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part)) {
    const parts = part.map(bare);
    return isMatchers(part) ? parts.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : parts;
  }
  return Object.fromEntries(Object.entries(part).flatMap(([key, value]) => (key === 'at' ? [] : [[key, bare(value)]])));
}

function isMatchers(parts: readonly unknown[]): boolean {
  return parts.every((part) => typeof part === 'object' && part !== null && 'op' in part && 'value' in part);
}
