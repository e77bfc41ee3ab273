import { describe, expect, it } from 'vitest';
import { answerLines, ask, loaded } from '../../test/promqltest/ask-memory.ts';

const minute = 60_000;

describe('an instant question', () => {
  const store = loaded(minute, 'a_total{i="1"} 0+60x20', 'a_total{i="2"} 0+120x20', 'b{i="1"} 5x20', 'b{i="2"} NaN 1 stale 3x17');
  it.each([
    ['b', 10, ['b{i=1} 5', 'b{i=2} 3']],
    ['b', 2, ['b{i=1} 5']],
    ['b @ 60', 2, ['b{i=1} 5', 'b{i=2} 1']],
    ['b offset 1m', 2, ['b{i=1} 5', 'b{i=2} 1']],
    ['b offset -1m', 1, ['b{i=1} 5']],
    ['b', 25, []],
    ['-b', 1, ['{i=1} -5', '{i=2} -1']],
    ['+b', 1, ['b{i=1} 5', 'b{i=2} 1']],
    ['rate(a_total[5m])', 10, ['{i=1} 1', '{i=2} 2']],
    ['last_over_time(a_total[5m])', 10, ['a_total{i=1} 600', 'a_total{i=2} 1200']],
    ['count_over_time(b[2m])', 2, ['{i=1} 2', '{i=2} 1']],
    ['abs(-b)', 1, ['{i=1} 5', '{i=2} 1']],
    ['round(b, 2)', 10, ['{i=1} 6', '{i=2} 4']],
    ['timestamp(b)', 10.5, ['{i=1} 600', '{i=2} 600']],
    ['timestamp(b + 0)', 10.5, ['{i=1} 630', '{i=2} 630']],
    ['absent(b)', 10, []],
    ['absent(c{x="y",z=~"."})', 10, ['{x=y} 1']],
    ['absent_over_time(c{x="y"}[5m])', 10, ['{x=y} 1']],
    ['sort_desc(b)', 10, ['b{i=1} 5', 'b{i=2} 3']],
    ['sort(b)', 10, ['b{i=2} 3', 'b{i=1} 5']],
    ['vector(3)', 10, ['{} 3']],
    ['1 + 2 * 3', 10, ['7']],
    ['scalar(b{i="1"}) > bool 4', 10, ['1']],
    ['(("text"))', 10, ['text']],
    ['max_over_time(rate(a_total[1m])[5m:1m])', 10, []],
    ['max_over_time(rate(a_total[2m])[5m:1m])', 10, ['{i=1} 1', '{i=2} 2']],
    ['last_over_time(b[5m:90s])', 10, ['b{i=1} 5', 'b{i=2} 3']],
    ['b[2m]', 3, ['b{i=1} 5@120000 5@180000', 'b{i=2} 3@180000']],
    ['rate(a_total[2m])[3m:90s]', 5, ['{i=1} 1@180000 1@270000', '{i=2} 2@180000 2@270000']],
  ])('%s at %d min', async (text, at, wanted) => {
    expect(answerLines(await ask(store, text, at * minute))).toEqual(wanted);
  });

  it('says whether the order of its answer is meant', async () => {
    for (const [text, ordered] of [
      ['sort(b)', true],
      ['(topk(1, b))', true],
      ['sort(b) + 0', false],
      ['b', false],
    ] as const) {
      expect(await ask(store, text, minute)).toMatchObject({ ordered });
    }
  });

  it('counts the samples that it read', async () => {
    expect(await ask(store, 'rate(a_total[5m])', 10 * minute)).toMatchObject({ samples: 10 });
  });

  it('tells of doubtful questions, once, and where', async () => {
    const text = 'rate(b[5m])\n + quantile(2, b) + sum(rate(b[5m]))';
    const { warnings, infos } = await ask(store, text, { start: 0, end: 10 * minute, step: minute });
    expect(warnings).toEqual(['PromQL warning: quantile value should be between 0 and 1, got 2 (2:13)']);
    expect([...infos].sort()).toEqual(
      ['1:6', '2:30'].map(
        (at) => `PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "b" (${at})`,
      ),
    );
  });
});

describe('a question over steps', () => {
  const store = loaded(minute, 'x{i="1"} 0 1 2 3 4 5', 'x{i="2"} _ 10 _ _ 40', 'y{i="2"} 0 0 1 0 1 1');
  const steps = { start: 0, end: 5 * minute, step: minute };
  it.each([
    ['x', ['x{i=1} 0 1 2 3 4 5', 'x{i=2} _ 10 10 10 40 40']],
    ['x @ start()', ['x{i=1} 0 0 0 0 0 0']],
    ['x @ end() + 0', ['{i=1} 5 5 5 5 5 5', '{i=2} 40 40 40 40 40 40']],
    ['sum(x) + sum(x @ 60)', ['{} 11 22 23 24 55 56']],
    ['predict_linear(x{i="1"}[3m] @ 180, 0)', ['{i=1} 0 1 2 3 4 5']],
    ['timestamp(x{i="1"} @ 70)', ['{i=1} 60 60 60 60 60 60']],
    ['time() - 60', ['-60 0 60 120 180 240']],
    ['x > 3', ['x{i=1} _ _ _ _ 4 5', 'x{i=2} _ 10 10 10 40 40']],
    ['3 < x', ['x{i=1} _ _ _ _ 4 5', 'x{i=2} _ 10 10 10 40 40']],
    ['x > bool 3', ['{i=1} 0 0 0 0 1 1', '{i=2} _ 1 1 1 1 1']],
    ['10 - x{i="1"}', ['{i=1} 10 9 8 7 6 5']],
    ['x > 100', []],
    ['topk(scalar(y), x)', ['x{i=2} _ _ 10 _ 40 40']],
    ['bottomk(1, x)', ['x{i=1} 0 1 2 3 4 5']],
    ['limitk(1, x > 0)', ['x{i=1} _ 1 2 3 4 5']],
    ['limitk(scalar(y), x)', ['x{i=1} _ _ 2 _ 4 5']],
    ['sum(limit_ratio(0.3, x) or limit_ratio(-0.7, x))', ['{} 0 11 12 13 44 45']],
    ['limit_ratio(0.3, x) and limit_ratio(-0.7, x)', []],
    ['count_values("v", x > 9)', ['{v=10} _ 1 1 1 _ _', '{v=40} _ _ _ _ 1 1']],
    ['quantile(scalar(y), x)', ['{} 0 1 10 3 40 40']],
    ['stddev(x)', ['{} 0 4.5 4 3.5 18 17.5']],
    ['sum without (i) (x)', ['{} 0 11 12 13 44 45']],
    ['group by (i, nothing) (x)', ['{i=1} 1 1 1 1 1 1', '{i=2} _ 1 1 1 1 1']],
    ['sum_over_time(x{i="2"}[90s])', ['{i=2} _ 10 10 _ 40 40']],
    ['avg_over_time(x{i="1"}[2m:30s] @ 120)', ['{i=1} 1 1 1 1 1 1']],
    ['absent(x{i="2"})', ['{i=2} 1 _ _ _ _ _']],
    ['absent_over_time(x{i="2"}[1m])', ['{i=2} 1 _ 1 1 _ 1']],
    ['sum(absent(x{i="2"}))', ['{} 1 _ _ _ _ _']],
  ])('%s', async (text, wanted) => {
    expect(answerLines(await ask(store, text, steps))).toEqual(wanted);
  });

  it.each([
    ['x[1m]', 'invalid expression type "range vector" for range query, must be Scalar or instant Vector'],
    ['"x"', 'invalid expression type "string" for range query, must be Scalar or instant Vector'],
  ])('is not %s', async (text, message) => {
    await expect(ask(store, text, steps)).rejects.toMatchObject({ type: 'bad_data', message });
  });
});

describe('names', () => {
  const store = loaded(minute, 'a_total{i="1"} 1', 'b_total{i="1"} 2', 'late{i="1"} _ 3');
  it.each([
    ['go when the answer is given', 'sum by (__name__) (-a_total)', ['{} -1']],
    ['may be kept before they go', 'label_replace(-a_total, "__name__", "$1", "__name__", "(.)_total")', ['a{i=1} -1']],
    ['stay with filters', 'a_total < on(i) b_total', ['{i=1} 1']],
    ['stay with filters by all labels', 'a_total < b_total', ['a_total{i=1} 1']],
    ['do not come back with filters', 'abs(a_total) < b_total', ['{i=1} 1']],
    ['go with arithmetic', 'a_total + b_total', ['{i=1} 3']],
    ['go with bool', 'a_total < bool b_total', ['{i=1} 1']],
    ['do not keep series apart in set operators', 'a_total and b_total', ['a_total{i=1} 1']],
    ['count where asked for', '{__name__=~"._total"} and on(__name__) a_total', ['a_total{i=1} 1']],
  ])('%s', async (_name, text, wanted) => {
    expect(answerLines(await ask(store, text, 0))).toEqual(wanted);
  });

  it('that go may not leave two series the same at the same step', async () => {
    await expect(ask(store, '-{i="1"}', 0)).rejects.toThrow('vector cannot contain metrics with the same labelset');
    const steps = { start: 0, end: minute, step: minute };
    const lookback = { samples: 100, lookback: minute, subqueryStep: minute };
    expect(answerLines(await ask(store, '-{__name__=~"a_total|late"}', steps, { limits: lookback }))).toEqual(['{i=1} -1 -3']);
  });
});
