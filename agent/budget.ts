import type { Clock } from './clock.ts';

/** Watches what the process costs and says by how much to stretch the periods. */
export interface Budget {
  /** The factor on every period, a power of two. */
  readonly slowdown: number;
  /** To be called every round; looks once a minute and answers whether the factor has changed. */
  check(): boolean;
}

/** What a budget is measured by. */
export interface BudgetOptions {
  /** Share of one core, 0.05 for 5 %. */
  readonly share: number;
  /** The period (milliseconds) that the factor stretches, at most to {@link LONGEST_PERIOD_MS}. */
  readonly period: number;
  readonly clock: Clock;
  /** CPU seconds of the process so far. */
  readonly cpuSeconds: () => number;
}

/** No budget stretches a period beyond this. */
export const LONGEST_PERIOD_MS = 60_000;
const WINDOW_MS = 60_000;

/** A budget that doubles the factor after a minute over it, and halves it after a minute under half of it. */
export function keepBudget({ share, period, clock, cpuSeconds }: BudgetOptions): Budget {
  let slowdown = 1;
  let since = clock.monotonic();
  let spent = cpuSeconds();
  return {
    get slowdown() {
      return slowdown;
    },
    check() {
      const elapsed = clock.monotonic() - since;
      if (elapsed < WINDOW_MS) return false;
      const now = cpuSeconds();
      const used = (now - spent) / (elapsed / 1000);
      since += elapsed;
      spent = now;
      const before = slowdown;
      if (used > share && period * slowdown < LONGEST_PERIOD_MS) slowdown *= 2;
      else if (used < share / 2 && slowdown > 1) slowdown /= 2;
      return slowdown !== before;
    },
  };
}

/** A period as the factor stretches it; never beyond {@link LONGEST_PERIOD_MS} unless it was longer by itself. */
export function stretched(period: number, slowdown: number): number {
  return Math.max(period, Math.min(period * slowdown, LONGEST_PERIOD_MS));
}
