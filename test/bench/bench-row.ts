import type { Program } from '../services/programs.ts';

/** How the bench was asked to run. */
export interface BenchOptions {
  /** Runs of each side; their median counts. */
  readonly runs: number;
  /** Shows that every row works, with numbers that mean nothing. */
  readonly quick: boolean;
  /** Simulated nodes and minutes of the fleet. */
  readonly nodes: number;
  readonly minutes: number;
  /** Faults of the kill run, and what chooses them. */
  readonly faults: number;
  readonly seed: number;
  /** Says how it goes. */
  readonly progress: (text: string) => void;
}

/** One line of the table. */
export interface Result {
  /** Name in budgets.json. */
  readonly budget: string;
  readonly what: string;
  /** What was measured of us, and of the peer with its version; in words with units. */
  readonly ours: string;
  readonly peer: string;
  /** What the budget is held against. */
  readonly value: number;
}

/** What can be measured together. */
export interface BenchRow {
  /** Chooses it on the command line. */
  readonly name: string;
  readonly summary: string;
  readonly needs: readonly Program[];
  run(options: BenchOptions): Promise<readonly Result[]>;
}
