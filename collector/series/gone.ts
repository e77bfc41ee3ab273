import type { Group } from './group.ts';
import { periodOf } from './nodes.ts';
import type { Node } from './nodes.ts';
import type { SeriesTable } from './series-table.ts';

/** Periods of its own after which a silent node's or sensor's series have gone. */
const PERIODS = 3;
/** Until a series has shown its period, the slowest sampler's is taken. */
const SLOWEST_PERIOD_MS = 300_000;

/** Whether nothing newer has come of a node for so long that it counts as gone. */
export function isSilent(node: Node, now: number): boolean {
  return now - node.seenAt > PERIODS * periodOf(node);
}

/**
 * Whether a disk, job or sensor has gone while its node goes on. Times are the node's own, so its clock does not matter; what
 * others tell of a node goes by the collector's clock, and whether the node goes on does not matter.
 */
export function isStale(table: SeriesTable, slot: number, { outside, seenAt, node }: Group, now: number): boolean {
  const behind = outside ? now - seenAt : node.newest - table.latest.time(slot);
  return behind > 0 && behind > patienceOf(table.latest.period(slot));
}

/** Who posts a backlog posts fast: its series' own periods count, too; but a slow one does not keep a silent node's series there for long. */
const SLOW_PERIOD_MS = 60_000;

/**
 * As of when a series has gone whose latest sample is its last: three periods after it, of its own or, where the whole node is silent,
 * of the node's posts after the node's last sample. Where its samples come at even distances, this is where one of them would be:
 * should it come after all, late, it takes the place of a mark that was put there.
 */
export function goneAt({ latest }: SeriesTable, slot: number, { node }: Group, isNodeSilent: boolean): number {
  const last = latest.time(slot);
  const period = latest.period(slot);
  const gap = last - latest.previousTime(slot);
  const nodePatience = PERIODS * periodOf(node);
  // After an outage the period is long for a while, and the gap between the two last samples is not.
  const ownPeriod = Math.min(Math.max(period, 0), gap, SLOW_PERIOD_MS);
  const patience = isNodeSilent ? Math.max(node.newest - last + nodePatience, PERIODS * ownPeriod) : patienceOf(period);
  const isEven = gap > 0 && gap <= Math.max(nodePatience, SLOW_PERIOD_MS);
  return last + (isEven ? Math.ceil(patience / gap) * gap : patience);
}

function patienceOf(period: number): number {
  return PERIODS * (period > 0 ? period : SLOWEST_PERIOD_MS);
}
