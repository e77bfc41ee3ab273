import type { Identity } from './identity.ts';
import type { Node } from './nodes.ts';

/** One line's measurement and tags: the series of its fields share labels and node. */
export interface Group {
  readonly at: number;
  readonly node: Node;
  readonly measurement: string;
  readonly labels: Identity['labels'];
  /** `{cluster="dahu",instance="dahu33"}`, as the exposition has it. */
  readonly labelText: string;
  /** The group that came after this one last time; batches repeat themselves. */
  next: Group | undefined;
  /** Other spellings of its head: tags in another order, `host` for `instance`. */
  readonly spellings: number[];
  /** Slots of its fields in the order they came first. */
  readonly slots: number[];
  /** The slots by metric name, where they are too many to be looked through. */
  byName: Map<string, number> | undefined;
  /** When lines of it last came. */
  seenAt: number;
  /** Whether they came from somebody else than the node, and with times of the collector's clock. */
  outside: boolean;
}

/** All series of one metric name. */
export interface Family {
  readonly name: string;
  /** The measurement it first came from, and whether it has come from another since. */
  readonly measurement: string;
  mixed: boolean;
  readonly slots: number[];
}
