import type { Clock } from './clock.ts';

/** Watches what the agent and its children cost, and says by how much to stretch the periods. */
export interface Budget {
  /** The factor on every period, a power of two. */
  readonly slowdown: number;
  /** Whether the last minute was over the budget. */
  readonly over: Readonly<Record<keyof Cost, boolean>>;
  /** To be called every round; looks once a minute and answers what it saw. */
  check(): Look | undefined;
}

/** What the agent has cost by now, its children counted in. */
export interface Cost {
  /** Seconds so far. */
  readonly cpu: number;
  /** Resident bytes at present. */
  readonly memory: number;
}

/** What a minute cost. */
export interface Look {
  /** Share of one core. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** Whether the factor has changed. */
  readonly stretched: boolean;
  /** Whether memory has gone over its budget, or back under it. */
  readonly memoryTurned: boolean;
}

/** What a budget is measured by. */
export interface BudgetOptions {
  /** Share of one core, 0.05 for 5 %. */
  readonly share: number;
  /** Bytes. */
  readonly memory: number;
  /** The period (milliseconds) that the factor stretches, at most to {@link LONGEST_PERIOD_MS}. */
  readonly period: number;
  readonly clock: Clock;
  readonly cost: () => Cost;
}

/** No budget stretches a period beyond this. */
export const LONGEST_PERIOD_MS = 60_000;
/** What starting costs (code, inventory, drivers that are opened) is not what running costs. */
export const GRACE_MS = 180_000;
const WINDOW_MS = 60_000;

/** A budget that doubles the factor after a minute over it, and halves it after a minute under half of it; it begins after {@link GRACE_MS}. */
export function keepBudget({ share, memory, period, clock, cost }: BudgetOptions): Budget {
  const begins = clock.monotonic() + GRACE_MS;
  const over = { cpu: false, memory: false };
  let slowdown = 1;
  let since: number | undefined;
  let spent = 0;
  return {
    get slowdown() {
      return slowdown;
    },
    over,
    check() {
      const now = clock.monotonic();
      if (now < begins || (since !== undefined && now - since < WINDOW_MS)) return undefined;
      const current = cost();
      const elapsed = now - (since ?? now);
      const used = elapsed === 0 ? 0 : (current.cpu - spent) / (elapsed / 1000);
      since = now;
      spent = current.cpu;
      if (elapsed === 0) return undefined;
      const before = slowdown;
      over.cpu = used > share;
      if (over.cpu && period * slowdown < LONGEST_PERIOD_MS) slowdown *= 2;
      else if (used < share / 2 && slowdown > 1) slowdown /= 2;
      const memoryTurned = over.memory !== current.memory > memory;
      over.memory = current.memory > memory;
      return { cpu: used, memory: current.memory, stretched: slowdown !== before, memoryTurned };
    },
  };
}

/** A period as the factor stretches it; never beyond {@link LONGEST_PERIOD_MS} unless it was longer by itself. */
export function stretched(period: number, slowdown: number): number {
  return Math.max(period, Math.min(period * slowdown, LONGEST_PERIOD_MS));
}
