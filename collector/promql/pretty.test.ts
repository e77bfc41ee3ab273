import { expect, it } from 'vitest';
import { parse } from './parse.ts';
import { durationText, pretty } from './pretty.ts';

it.each([
  ['up', 'up'],
  ['up{}', 'up'],
  ['{__name__="up",job=\'x\'}', 'up{job="x"}'],
  ['up{b!="1", a=~"x|y" , c!~"z"}', 'up{a=~"x|y",b!="1",c!~"z"}'],
  ['{__name__=~"up.*"}', '{__name__=~"up.*"}'],
  ['{"a.b",job="x"}', '{__name__="a.b",job="x"}'],
  ['up{"a.b"="x"}', 'up{"a.b"="x"}'],
  ['sum(up)by(job)', 'sum by (job) (up)'],
  ['sum without() (up)', 'sum without () (up)'],
  ['topk by (a,b) (3,up)', 'topk by (a, b) (3, up)'],
  ['count_values("v", up)', 'count_values("v", up)'],
  ['rate(up[5m] offset 1h)', 'rate(up[5m] offset 1h)'],
  ['up @ 1.5 offset -90s', 'up @ 1.500 offset -1m30s'],
  ['up @ end()', 'up @ end()'],
  ['max_over_time(rate(up[1m])[1h:] @ start() offset 1d)', 'max_over_time(rate(up[1m])[1h:] @ start() offset 1d)'],
  ['avg_over_time(up[1h:30s])', 'avg_over_time(up[1h:30s])'],
  ['a+on(x)group_left(y)b', 'a + on (x) group_left (y) b'],
  ['a * ignoring(x,y) group_right b', 'a * ignoring (x, y) group_right () b'],
  ['a and on() b', 'a and on () b'],
  ['a >bool 1', 'a > bool 1'],
  ['-(1+2)', '-(1 + 2)'],
  ['"é\\n"', '"é\\n"'],
  ['1e3', '1000'],
  ['time()', 'time()'],
])('%s is written as %s', (text, written) => {
  expect(pretty(parse(text))).toBe(written);
  expect(pretty(parse(written))).toBe(written);
});

it('a long expression has an operand a line', () => {
  const text =
    'label_replace(sum by (instance, job) (rate(http_requests_total{code=~"5.."}[5m])) / ignoring (code) (sum by (instance, job) (rate(http_requests_total[5m]))) > 0.5, "host", "$1", "instance", "(.*):.*")';
  const written = `label_replace(
      sum by (instance, job) (rate(http_requests_total{code=~"5.."}[5m]))
    / ignoring (code)
      (sum by (instance, job) (rate(http_requests_total[5m])))
  >
    0.5,
  "host",
  "$1",
  "instance",
  "(.*):.*"
)`;
  expect(pretty(parse(text)).split('\n')).toEqual(written.split('\n'));
  expect(pretty(parse(written))).toBe(written);
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
