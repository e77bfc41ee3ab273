import { describe, expect, it } from 'vitest';
import { nextPeriod } from './period.ts';

const after = (...gaps: readonly number[]): number => gaps.reduce(nextPeriod, 0);

describe('the period of a series', () => {
  it('is not known before two gaps have shown it', () => {
    expect(after()).toBe(0);
    expect(after(10_000)).toBeLessThan(0);
    expect(after(10_000, 10_000)).toBe(10_000);
  });

  it('is not shortened by the gap between an agent’s first reading and the next multiple of the period', () => {
    expect(after(3_000, 300_000)).toBe(300_000);
    // The agent starts again: one short gap amid long ones.
    expect(after(300_000, 300_000, 3_000)).toBeGreaterThan(250_000);
  });

  it('follows a period that was really shortened, and one that was made longer at once', () => {
    expect(after(60_000, 60_000, ...Array.from({ length: 40 }, () => 5_000))).toBeLessThan(6_000);
    expect(after(5_000, 5_000, 60_000)).toBe(60_000);
  });

  it('takes an outage for no period', () => {
    expect(after(5_000, 5_000, 3_600_000)).toBe(300_000);
    expect(after(5_000, 5_000, 3_600_000, ...Array.from({ length: 40 }, () => 5_000))).toBeLessThan(7_000);
  });
});
