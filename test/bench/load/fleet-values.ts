/** Time between two batches of a node, milliseconds; each holds ten rounds. */
export const BATCH_MS = 10_000;
/** Rounds in each of these batches. */
export const ROUNDS_EACH = 10;

/** The metric whose values are known: measurement and field. */
export const CHECKED = { measurement: 'bench', field: 'sequence' } as const;

/** A node's name; all have the same length. */
export function nodeName(node: number): string {
  return `node${String(node).padStart(6, '0')}`;
}

/** What the checked metric is; always thirteen digits. */
export function checkedValue(node: number, round: number): number {
  return 1e12 + node * 1e6 + round;
}

/** What the simulated agents did. */
export interface FleetReport {
  /** Batches acknowledged, posts that had to come again, batches given up. */
  readonly posts: number;
  readonly again: number;
  readonly given: number;
  /** The longest that a batch came after its time, milliseconds. */
  readonly late: number;
  /** Time of the first round, and batches of each node. */
  readonly start: number;
  readonly batches: number;
  /** Values in what was acknowledged. */
  readonly values: number;
  /** Time until a batch was acknowledged, milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  readonly reasons: readonly string[];
}
