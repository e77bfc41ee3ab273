import { describe, expect, it } from 'vitest';
import { parse } from '../../collector/promql/parse.ts';
import { printLine } from '../../collector/promql/print.ts';
import { fixedAt } from './fixed-time.ts';

describe('an expression at a fixed time', () => {
  it.each([
    ['a', 'a @ 60.000'],
    ['a offset 5m + b @ 5', 'a @ 60.000 offset 5m + b @ 5.000'],
    ['a @ start()', 'a @ 60.000'],
    ['sum by (x) (rate(a[5m]))', 'sum by (x) (rate(a[5m] @ 60.000))'],
    // What stands in a subquery follows from the subquery's time.
    ['max_over_time(a[5m:1m])', 'max_over_time(a[5m:1m] @ 60.000)'],
    ['-(topk(scalar(a), b))', '-(topk(scalar(a @ 60.000), b @ 60.000))'],
    ['1 + 2', '1 + 2'],
  ])('%s is %s', (text, expected) => {
    const fixed = fixedAt(parse(text), 60_000);
    expect(fixed && printLine(fixed)).toBe(expected);
  });

  it.each(['time()', 'a + vector(time())', 'timestamp(a)', 'hour()', 'predict_linear(a[5m], 60)'])('there is none of %s', (text) => {
    expect(fixedAt(parse(text), 60_000)).toBeUndefined();
  });

  it('there is one where only a subquery asks for the time', () => {
    expect(fixedAt(parse('max_over_time(timestamp(a)[5m:1m])'), 60_000)).toBeDefined();
  });
});
