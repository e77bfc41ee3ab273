import type { Group } from './group.ts';

/** How a node does: it sends as it used to, it is behind, or nothing has come for three of its periods. */
export type NodeState = 'alive' | 'late' | 'down';

/** A node that sends, or of which somebody else tells, and how it sends itself. Times are milliseconds since the epoch by the collector's clock unless said otherwise. */
export interface Node {
  readonly name: string;
  cluster: string;
  readonly groups: Set<Group>;
  series: number;
  /** The agent that holds the name, and until when nobody else may take it. Empty where the sender does not say who it is. */
  agent: string;
  /** When anything came, and when something newer than all before came. */
  postAt: number;
  seenAt: number;
  /** Newest sample, by the node's own clock. */
  newest: number;
  /** Time between its latest posts that brought something newer. */
  readonly gaps: number[];
  /** Bodies being read that hold lines of it. */
  readings: number;
  /** Since when posts have brought only older samples, and how far the newest of those were from the collector's clock then. */
  behind: { readonly since: number; readonly offset: number } | undefined;
  /** Why lines of it were last refused, and when. */
  refusal: { readonly reason: string; readonly at: number } | undefined;
}

/** The nodes by name. */
export interface NodeRegistry {
  get(name: string): Node | undefined;
  /** The node of this name, made where it is new. */
  open(name: string, cluster: string): Node;
  remove(node: Node): void;
  readonly size: number;
  values(): IterableIterator<Node>;
}

/** An empty registry. */
export function nodeRegistry(): NodeRegistry {
  const nodes = new Map<string, Node>();
  return {
    get: (name) => nodes.get(name),
    open(name, cluster) {
      let node = nodes.get(name);
      if (node === undefined) nodes.set(name, (node = newNode(name, cluster)));
      if (cluster !== '') node.cluster = cluster;
      return node;
    },
    remove: (node) => void nodes.delete(node.name),
    get size() {
      return nodes.size;
    },
    values: () => nodes.values(),
  };
}

function newNode(name: string, cluster: string): Node {
  const never = Number.NEGATIVE_INFINITY;
  const sent = { postAt: never, seenAt: never, newest: never, gaps: [], readings: 0, behind: undefined, refusal: undefined };
  return { name, cluster, groups: new Set(), series: 0, agent: '', ...sent };
}

/** Whether nothing of it has ever been taken, from itself or from who tells of it, and nobody is about to. */
export function isUnused({ postAt, newest, readings, groups }: Node): boolean {
  if (readings > 0 || postAt !== Number.NEGATIVE_INFINITY || newest !== Number.NEGATIVE_INFINITY) return false;
  for (const { outside } of groups) if (outside) return false;
  return true;
}

const GAPS_KEPT = 5;
/** What a node's period is taken for until two posts have shown it: an agent's default push. */
const DEFAULT_PERIOD_MS = 10_000;

/** The least for which a node must have sent only older samples before its clock counts as set back. */
const LEAST_PATIENCE_MS = 3000;

/**
 * Notes that a post has come whose newest sample is of `newest`. A backlog post, which brings nothing newer, says nothing of
 * the node's period. Answers by how many milliseconds the node's clock was set back (infinite where nobody knows from what),
 * where this post shows it; else undefined.
 */
export function notePost(node: Node, now: number, newest: number): number | undefined {
  node.postAt = now;
  if (newest > node.newest) noteNewer(node, now, newest);
  else if (newest < node.newest && Number.isFinite(newest)) return noteOlder(node, now, newest);
  return undefined;
}

function noteNewer(node: Node, now: number, newest: number): void {
  if (node.seenAt !== Number.NEGATIVE_INFINITY) node.gaps.push(now - node.seenAt);
  if (node.gaps.length > GAPS_KEPT) node.gaps.shift();
  node.newest = newest;
  node.seenAt = now;
  node.behind = undefined;
}

// A clock that was set back goes on at the pace of ours: every post is as far from it as the one before. A backlog comes
// faster than it was made, one batch that is tried again and again falls behind, and beside either come live posts, which
// are newer: none of them keeps one distance for long.
function noteOlder(node: Node, now: number, newest: number): number | undefined {
  const offset = newest - now;
  const patience = Math.max(LEAST_PATIENCE_MS, 1.5 * periodOf(node));
  if (node.behind === undefined || Math.abs(offset - node.behind.offset) > patience / 2) node.behind = { since: now, offset };
  if (now - node.behind.since <= patience) return undefined;
  const before = node.newest - node.seenAt;
  node.newest = newest;
  node.seenAt = now;
  node.behind = undefined;
  return before - offset;
}

/** The time between a node's posts: the median of the last few, so that one outage does not make it a slow node. */
export function periodOf(node: Node): number {
  if (node.gaps.length === 0) return DEFAULT_PERIOD_MS;
  const sorted = [...node.gaps].sort((a, b) => a - b);
  return Math.max(1000, sorted[sorted.length >> 1] ?? DEFAULT_PERIOD_MS);
}

/** How the node does at this time. */
export function stateOf(node: Node, now: number): NodeState {
  const silent = (now - node.seenAt) / periodOf(node);
  return silent <= 1.5 ? 'alive' : silent <= 3 ? 'late' : 'down';
}
