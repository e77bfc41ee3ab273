import { expect, test } from 'vitest';
import { openPace } from './pace.ts';

test('a source is asked at its period, a moment early or late', () => {
  const pace = openPace(30_000);
  expect(pace.isDue(0)).toBe(true);
  pace.asked(0);
  expect([pace.isDue(20_000), pace.isDue(29_999)]).toEqual([false, true]);
});

test('failures double the pause up to ten minutes, the first is said, and success ends it', () => {
  const pace = openPace(30_000);
  const pauses: number[] = [];
  let now = 0;
  for (let failure = 0; failure < 7; failure++) {
    pace.asked(now);
    expect(pace.failed()).toBe(failure === 0);
    const before = now;
    while (!pace.isDue(now)) now += 1000;
    pauses.push((now - before) / 1000);
  }
  // Nine tenths of 60, 120, 240, 480 and 600 seconds.
  expect(pauses).toEqual([54, 108, 216, 432, 540, 540, 540]);
  pace.asked(now);
  pace.worked();
  expect([pace.isDue(now + 26_000), pace.isDue(now + 27_000)]).toEqual([false, true]);
});

test('a clock set back does not stop the questions', () => {
  const pace = openPace(30_000);
  pace.asked(10_000_000);
  expect(pace.isDue(0)).toBe(true);
});
