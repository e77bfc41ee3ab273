import { expect, test } from 'vitest';
import { GRACE_MS, keepBudget, stretched } from './budget.ts';
import { manualClock } from './manual-clock.ts';

const MINUTE = 60_000;

test('over the budget for a minute the periods double up to a minute, under half of it they return', async () => {
  const clock = manualClock();
  let cpu = 0;
  const budget = keepBudget({ share: 0.05, memory: 100, period: 10_000, clock, cost: () => ({ cpu, memory: 0 }) });
  const factors: number[] = [];
  await clock.pass(GRACE_MS);
  budget.check();
  for (const share of [0.04, 0.06, 0.06, 0.06, 0.06, 0.03, 0.02, 0.02, 0.02, 0.02]) {
    await clock.pass(MINUTE);
    cpu += share * 60;
    budget.check();
    factors.push(budget.slowdown);
  }
  expect(factors).toEqual([1, 2, 4, 8, 8, 8, 4, 2, 1, 1]);
  expect(stretched(10_000, 8)).toBe(60_000);
  expect(stretched(300_000, 8)).toBe(300_000);
});

test('what starting costs is not counted', async () => {
  const clock = manualClock();
  let cpu = 0;
  const budget = keepBudget({ share: 0.01, memory: 100, period: 1000, clock, cost: () => ({ cpu, memory: cpu > 20 ? 50 : 500 }) });
  for (let minute = 1; minute < 10; minute++) {
    if (minute <= 3) cpu += 10;
    await clock.pass(MINUTE);
    expect([budget.check()?.stretched ?? false, budget.slowdown, { ...budget.over }]).toEqual([false, 1, { cpu: false, memory: false }]);
  }
});

test('a minute over the memory budget is told when it begins and when it ends, and stretches nothing', async () => {
  const clock = manualClock();
  let memory = 0;
  const budget = keepBudget({ share: 0.01, memory: 100, period: 1000, clock, cost: () => ({ cpu: 0, memory }) });
  await clock.pass(GRACE_MS);
  budget.check();
  const turns: unknown[] = [];
  for (memory of [90, 110, 120, 80]) {
    await clock.pass(MINUTE);
    turns.push([budget.check()?.memoryTurned, budget.over.memory, budget.slowdown]);
  }
  expect(turns).toEqual([
    [false, false, 1],
    [true, true, 1],
    [false, true, 1],
    [true, false, 1],
  ]);
});
