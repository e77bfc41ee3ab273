import { describe, expect, it } from 'vitest';
import { momentsOf, scopeOf, scopeWithin } from './scope.ts';

describe('the scope of steps', () => {
  it.each([
    [{ start: 0, end: 100, step: 10 }, 11],
    [{ start: 0, end: 99, step: 10 }, 10],
    [{ start: 5, end: 5, step: 0 }, 1],
    [{ start: 5, end: 4, step: 10 }, 0],
  ])('of %j has %d', (steps, count) => {
    expect(scopeOf(steps).count).toBe(count);
  });
});

describe('moments', () => {
  const question = { start: 1000, end: 2000, step: 100 };
  const scope = scopeOf({ start: 300, end: 600, step: 50 });
  it.each([
    ['follow the steps', undefined, 0, { first: 300, stride: 50, last: 600 }],
    ['go back by the offset', undefined, 25, { first: 275, stride: 50, last: 575 }],
    ['stand still where @ fixes them', 700, 25, { first: 675, stride: 0, last: 675 }],
    ["stand at the question's start, not the scope's", 'start', -5, { first: 1005, stride: 0, last: 1005 }],
    ["stand at the question's end, not the scope's", 'end', 0, { first: 2000, stride: 0, last: 2000 }],
  ] as const)('%s', (_name, fixed, offset, wanted) => {
    expect(momentsOf({ fixed, offset }, scope, question)).toEqual(wanted);
  });
});

describe('the steps of a subquery', () => {
  it.each([
    ['are multiples of its step', { first: 1005, last: 1105 }, 100, 30, [930, 960, 990, 1020, 1050, 1080]],
    ['do not have the left bound of the window', { first: 60, last: 60 }, 60, 20, [20, 40, 60]],
    ['may lie before 1970', { first: -15, last: -15 }, 45, 20, [-40, -20]],
    ['may be none', { first: 19, last: 19 }, 5, 20, []],
  ])('%s', (_name, { first, last }, range, step, wanted) => {
    const { steps, count } = scopeWithin({ first, stride: 1, last }, range, step);
    expect(Array.from({ length: count }, (_, at) => steps.start + at * steps.step)).toEqual(wanted);
  });
});
