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

/**
 * As of when a series has gone whose latest sample is its last: three periods after it, of its own or, where the whole node is silent,
 * of the node's posts after the node's last sample. Where its samples come at even distances, this is where one of them would be:
 * should it come after all, late, it takes the place of a mark that was put there.
 */
export function goneAt({ latest }: SeriesTable, slot: number, { node }: Group, isNodeSilent: boolean): number {
  const last = latest.time(slot);
  const nodePatience = PERIODS * periodOf(node);
  const gone = isNodeSilent ? Math.max(last, node.newest) + nodePatience : last + patienceOf(latest.period(slot));
  const gap = last - latest.previousTime(slot);
  const isEven = Number.isFinite(gap) && gap > 0 && gap <= nodePatience;
  return isEven ? last + Math.ceil((gone - last) / gap) * gap : gone;
}

function patienceOf(period: number): number {
  return PERIODS * (period > 0 ? period : SLOWEST_PERIOD_MS);
}
