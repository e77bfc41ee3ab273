import { expect, test } from 'vitest';
import { manualClock } from './manual-clock.ts';
import { isDue, startRounds } from './rounds.ts';
import type { Round } from './rounds.ts';

const DAY = 86_400_000;
const START = 1_700_000_000_000;

function watched({ periods = [1000], clock = manualClock(START + 300), during = () => undefined }: Partial<Watched> = {}) {
  const taken: Round[] = [];
  const rounds = startRounds({
    clock,
    periods: () => periods,
    take: (round) => {
      taken.push(round);
      during(round);
    },
  });
  return { clock, rounds, taken, times: () => taken.map(({ time }) => time) };
}

interface Watched {
  periods: readonly number[];
  clock: ReturnType<typeof manualClock>;
  during: (round: Round) => unknown;
}

test('rounds stand at the multiples of the period since the epoch', async () => {
  const { clock, times } = watched({ periods: [5000] });
  await clock.pass(16_000);
  expect(times()).toEqual([START + 5000, START + 10_000, START + 15_000]);
});

test('a timer up to 2 ms late takes the deadline as its time, one that is later the true time', async () => {
  let late = 2;
  const { clock, times } = watched({ clock: manualClock(START + 300, () => late) });
  await clock.pass(1000);
  late = 3;
  await clock.pass(1100);
  await clock.pass(1000);
  expect(times()).toEqual([START + 1000, START + 2000, START + 3003]);
});

test('every period is due at its own multiples, and in the first round', async () => {
  const { clock, taken } = watched({ periods: [1000, 30_000] });
  await clock.pass(61_000);
  const due = taken.filter((round) => isDue(30_000, round)).map(({ time }) => time);
  expect(due).toEqual([START + 1000, ...[10_000, 40_000].map((ms) => START + ms)]);
});

test('a clock set back by a day is counted once and costs at most two periods', async () => {
  const { clock, rounds, times } = watched();
  await clock.pass(3000);
  clock.jump(-DAY);
  const before = times().length;
  await clock.pass(10_000);
  expect(rounds.jumps).toBe(1);
  expect(times().length - before).toBeGreaterThanOrEqual(9);
  expect(
    times()
      .slice(before)
      .every((time) => time < START),
  ).toBe(true);
});

test('a clock set forward by a day is counted once and makes no burst', async () => {
  const { clock, rounds, times } = watched();
  await clock.pass(3000);
  clock.jump(DAY);
  const before = times().length;
  await clock.pass(10_000);
  expect(rounds.jumps).toBe(1);
  expect(rounds.overruns).toBe(0);
  expect(times().length - before).toBeGreaterThanOrEqual(9);
  expect(times().length - before).toBeLessThanOrEqual(10);
});

test('no two rounds have the same time, not even after the clock went back over them', async () => {
  const { clock, times } = watched();
  await clock.pass(10_000);
  clock.jump(-5000);
  await clock.pass(3000);
  clock.jump(-4000);
  await clock.pass(20_000);
  expect(new Set(times()).size).toBe(times().length);
  expect(times().length).toBeGreaterThan(28);
});

test('a step back of less than a period makes no second round at a deadline', async () => {
  const { clock, rounds, times } = watched();
  await clock.pass(2000);
  clock.jump(-400);
  await clock.pass(3000);
  expect(rounds.jumps).toBe(0);
  expect(times()).toEqual([1000, 2000, 3000, 4000].map((ms) => START + ms));
});

test('a round that takes longer than the period leaves deadlines out and counts them', async () => {
  const clock = manualClock(START + 300);
  let held = 0;
  const { rounds, times } = watched({
    clock: { ...clock, wall: () => clock.wall() + held, monotonic: () => clock.monotonic() + held },
    during: () => (held = 2500),
  });
  await clock.pass(6000);
  expect(rounds.overruns).toBe(2);
  expect(times().slice(0, 2)).toEqual([START + 1000, START + 4000]);
});

test('realigning takes up changed periods at once', async () => {
  const periods = [1000];
  const { clock, rounds, times } = watched({ periods });
  await clock.pass(2000);
  periods[0] = 2000;
  rounds.realign();
  await clock.pass(6000);
  expect(times()).toEqual([1000, 2000, 4000, 6000, 8000].map((ms) => START + ms));
});
