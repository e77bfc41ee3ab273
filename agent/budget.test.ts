import { expect, test } from 'vitest';
import { keepBudget, stretched } from './budget.ts';
import { manualClock } from './manual-clock.ts';

test('over the budget for a minute the periods double up to a minute, under half of it they return', async () => {
  const clock = manualClock();
  let cpu = 0;
  const budget = keepBudget({ share: 0.05, period: 10_000, clock, cpuSeconds: () => cpu });
  const factors: number[] = [];
  for (const share of [0.04, 0.06, 0.06, 0.06, 0.06, 0.03, 0.02, 0.02, 0.02, 0.02]) {
    await clock.pass(60_000);
    cpu += share * 60;
    budget.check();
    factors.push(budget.slowdown);
  }
  expect(factors).toEqual([1, 2, 4, 8, 8, 8, 4, 2, 1, 1]);
  expect(stretched(10_000, 8)).toBe(60_000);
  expect(stretched(300_000, 8)).toBe(300_000);
});
