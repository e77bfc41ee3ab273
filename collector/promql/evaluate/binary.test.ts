import { describe, expect, it } from 'vitest';
import { answerLines, ask, loaded } from '../../../test/promqltest/ask-memory.ts';

const minute = 60_000;
const steps = { start: 0, end: 2 * minute, step: minute };
const limits = { samples: 1000, lookback: minute, subqueryStep: minute };

const store = loaded(
  minute,
  'errors{code="404",path="/a"} 1 2 3',
  'errors{code="500",path="/a"} 4 5 6',
  'errors{code="500",path="/b"} 7 _ 9',
  'requests{path="/a"} 10 20 30',
  'requests{path="/b"} 100 100 _',
  'info{path="/a",team="red"} 1 1 _',
  'info{path="/a",team="blue"} _ _ 1',
  'old{path="/a"} 1 _ _',
  'new{path="/a"} _ 2 3',
);

describe('matching', () => {
  it.each([
    ['one with one', 'errors{code="404"} / ignoring(code) requests', ['{path=/a} 0.1 0.1 0.1']],
    [
      'one with one on labels, which are all that is left',
      'errors{code="500"} + on(path) requests',
      ['{path=/a} 14 25 36', '{path=/b} 107 _ _'],
    ],
    [
      'many with one',
      'errors / on(path) group_left requests',
      ['{code=404,path=/a} 0.1 0.1 0.1', '{code=500,path=/a} 0.4 0.25 0.2', '{code=500,path=/b} 0.07 _ _'],
    ],
    [
      'one with many',
      'requests - on(path) group_right() errors',
      ['{code=404,path=/a} 9 18 27', '{code=500,path=/a} 6 15 24', '{code=500,path=/b} 93 _ _'],
    ],
    [
      'labels of the one side, which may change',
      'requests * on(path) group_left(team) info',
      ['{path=/a,team=blue} _ _ 30', '{path=/a,team=red} 10 20 _'],
    ],
    ['a label that the one side does not have', 'errors * on(path) group_left(code) requests{path="/b"}', ['{path=/b} 700 _ _']],
    [
      'comparison, which keeps the left value',
      'requests > on(path) group_right() errors{code="404"}',
      ['errors{code=404,path=/a} 10 20 30'],
    ],
    ['comparison that leaves out', 'requests{path="/a"} > on(path) old * 15', []],
    ['comparison with bool', 'errors{code="404"} >= bool ignoring(code) old + 1', ['{path=/a} 0 _ _']],
  ])('%s: %s', async (_name, text, wanted) => {
    expect(answerLines(await ask(store, text, steps, { limits }))).toEqual(wanted);
  });

  it.each([
    [
      'requests / on(path) errors',
      'found duplicate series for the match group {path="/a"} on the right hand-side of the operation: ' +
        '[{__name__="errors", code="500", path="/a"}, {__name__="errors", code="404", path="/a"}]' +
        ';many-to-many matching not allowed: matching labels must be unique on one side',
    ],
    [
      'errors / ignoring(code) group_right requests',
      'found duplicate series for the match group {path="/a"} on the left hand-side of the operation: ' +
        '[{__name__="errors", code="500", path="/a"}, {__name__="errors", code="404", path="/a"}]' +
        ';many-to-many matching not allowed: matching labels must be unique on one side',
    ],
    ['errors / on(path) requests', 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'],
    ['errors > on(path) requests', 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)'],
    ['errors * on(path) group_left(code) requests', 'multiple matches for labels: grouping labels must ensure unique matches'],
  ])('%s is refused', async (text, message) => {
    await expect(ask(store, text, steps, { limits })).rejects.toMatchObject({ type: 'execution', message, at: { from: 0 } });
  });

  it('does not refuse series that are there one after the other', async () => {
    expect(answerLines(await ask(store, 'requests{path="/a"} * on(path) {__name__=~"old|new"}', steps, { limits }))).toEqual([
      '{path=/a} 10 40 90',
    ]);
    expect(answerLines(await ask(store, '{__name__=~"old|new"} * on(path) requests{path="/a"}', steps, { limits }))).toEqual([
      '{path=/a} 10 40 90',
    ]);
  });
});

describe('set operators', () => {
  it.each([
    ['old or new', ['new{path=/a} _ 2 3', 'old{path=/a} 1 _ _']],
    ['old or requests', ['old{path=/a} 1 _ _', 'requests{path=/a} _ 20 30', 'requests{path=/b} 100 100 _']],
    ['-old or -new', ['{path=/a} -1 -2 -3']],
    ['-old or old', ['{path=/a} -1 _ _']],
    ['requests or requests offset -1m', ['requests{path=/a} 10 20 30', 'requests{path=/b} 100 100 _']],
    ['new or new offset 1m', ['new{path=/a} _ 2 3']],
    ['old or old offset 1m', ['old{path=/a} 1 1 _']],
    ['requests and ignoring(code) errors', ['requests{path=/a} 10 20 30', 'requests{path=/b} 100 _ _']],
    ['requests unless on(path) errors', ['requests{path=/b} _ 100 _']],
    ['requests unless nothing', ['requests{path=/a} 10 20 30', 'requests{path=/b} 100 100 _']],
    ['requests and nothing', []],
    ['requests and on() vector(1)', ['requests{path=/a} 10 20 30', 'requests{path=/b} 100 100 _']],
    ['errors unless on(path) requests unless on() vector(0)', []],
  ])('%s', async (text, wanted) => {
    expect(answerLines(await ask(store, text, steps, { limits }))).toEqual(wanted);
  });
});
