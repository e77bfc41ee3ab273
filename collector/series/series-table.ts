import { unescape } from '../../agent/contract/line-head.ts';
import { encodeHead } from '../../agent/contract/line-encode.ts';
import { quoted } from '../../agent/contract/quoted.ts';
import { grown, headIndex } from './head-index.ts';
import type { HeadIndex } from './head-index.ts';
import { identityOf, labelText, metricName, nameFault } from './identity.ts';
import type { Description, Identity, LabelLimits } from './identity.ts';
import type { Family, Group } from './group.ts';
import { nodeRegistry } from './nodes.ts';
import type { Node, NodeRegistry } from './nodes.ts';
import { latestSamples } from './latest.ts';
import type { LatestSamples } from './latest.ts';
import { sharedKeys } from './shared-keys.ts';

/** Limits that keep one sender from filling everybody's memory. */
export interface SeriesLimits extends LabelLimits {
  readonly series_per_node: number;
  readonly nodes: number;
}

/**
 * Every series the collector has seen lately: found by bytes, numbered for the stores, with its two last values for
 * whoever asks what is now. Columns are indexed by slot; a slot is used again after its series has been forgotten, an id never is.
 */
export interface SeriesTable {
  /** Samples by slot. */
  readonly latest: LatestSamples;
  /** Heads of the groups, each with the group's label text behind it. */
  readonly heads: HeadIndex;
  readonly nodes: NodeRegistry;
  readonly families: ReadonlyMap<string, Family>;
  /** The group of a head; made where it is new, once `admit` has not thrown for its node. A string says why it is refused. */
  group(bytes: Uint8Array, start: number, stop: number, admit: (node: string) => void): Group | string;
  groupAt(at: number): Group | undefined;
  /** Above every group's number. */
  readonly groupsEnd: number;
  /** The slot of a group's field by its key (without equals sign); made where it is new. A string says why it is refused. */
  slot(group: Group, bytes: Uint8Array, start: number, stop: number): number | string;
  /** A slot's key with its equals sign, to compare with. */
  key(slot: number): DataView;
  id(slot: number): number;
  family(slot: number): Family;
  /** The number of a slot's group, for `groupAt` and `heads`. */
  groupOf(slot: number): number;
  /** Completes the rows behind `rows.length` up to `end`, whose slots and values stand there, with this time; keeps what is newer than the latest. */
  take(rows: OpenRows, end: number, time: number): void;
  /** The node's clock was set back `by` milliseconds: what was taken under the old time counts as that much older, and these rows, just taken, as the latest. */
  setBack(node: Node, by: number, rows: OpenRows): void;
  /** Forgets a node and all of its groups. */
  remove(node: Node): void;
  /** Forgets groups of which nothing came since `before`; answers how many series went. */
  forget(before: number): number;
  readonly size: number;
  /** What a series is, for stores that keep a catalogue; undefined once it has been forgotten. */
  describe(id: number): Description | undefined;
}

/** Rows being read, of which the last ones miss their times and series. */
export interface OpenRows {
  length: number;
  readonly slots: Uint32Array;
  readonly series: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** Fields looked through one by one; a group of more finds them by name. */
export const NARROW = 64;
/** Ways in which one head may be written before its sender is taken for somebody who fills memory. */
const MOST_SPELLINGS = 8;

/** An empty table; its limits are looked at each time something new comes, and may change. */
export function seriesTable(limits: SeriesLimits): SeriesTable {
  const heads = headIndex();
  const nodes = nodeRegistry();
  const families = new Map<string, Family>();
  const groups: (Group | undefined)[] = [];
  const freeGroups: number[] = [];
  const keys = sharedKeys();
  const slotKeys: DataView[] = [];
  const slotFamilies: Family[] = [];
  const freeSlots: number[] = [];
  let ids = new Uint32Array(1024);
  let places = new Uint32Array(1024);
  let slotGroups = new Uint32Array(1024);
  const latest = latestSamples();
  let slots = 0;
  let size = 0;
  let nextId = 1;
  const slotOfId = new Map<number, number>();

  const takeSlot = (): number => {
    const used = freeSlots.pop();
    if (used !== undefined) return used;
    if (slots === ids.length) {
      const length = slots * 2;
      ids = grown(ids, new Uint32Array(length));
      places = grown(places, new Uint32Array(length));
      slotGroups = grown(slotGroups, new Uint32Array(length));
    }
    return slots++;
  };

  const dropSlot = (slot: number): void => {
    const family = slotFamilies[slot] as Family;
    const last = family.slots.pop() as number;
    if (last !== slot) {
      family.slots[places[slot] as number] = last;
      places[last] = places[slot] as number;
    }
    if (family.slots.length === 0) families.delete(family.name);
    slotOfId.delete(ids[slot] as number);
    freeSlots.push(slot);
    size--;
  };

  const number = (group: Group, bytes: Uint8Array, start: number, stop: number, tail?: Uint8Array): number => {
    const at = freeGroups.pop() ?? groups.length;
    groups[at] = group;
    heads.add(at, bytes, start, stop, tail);
    return at;
  };

  const dropGroup = (group: Group): void => {
    for (const at of [group.at, ...group.spellings]) {
      heads.remove(at);
      groups[at] = undefined;
      freeGroups.push(at);
    }
    for (const slot of group.slots) dropSlot(slot);
    group.node.series -= group.slots.length;
    group.node.groups.delete(group);
    if (group.node.groups.size === 0) nodes.remove(group.node);
  };

  const unlinkDropped = (): void => {
    for (const group of groups) if (group?.next !== undefined && groups[group.next.at] !== group.next) group.next = undefined;
  };

  const addGroup = ({ node: name, cluster, measurement, labels }: Identity, head: Uint8Array): Group | string => {
    if (nodes.get(name) === undefined && nodes.size >= limits.nodes) return `${limits.nodes} nodes are known already; raise limits.nodes`;
    const node = nodes.open(name, cluster);
    // A head without numbers in it costs as much as a series; both count, so that neither can fill the memory.
    if (node.groups.size >= limits.series_per_node) return tooMany(name, limits.series_per_node);
    const rest = { labelText: labelText(labels), next: undefined, spellings: [], slots: [], byName: undefined, seenAt: 0, outside: false };
    const group: Group = { at: freeGroups.at(-1) ?? groups.length, node, measurement, labels, ...rest };
    number(group, head, 0, head.length, Buffer.from(group.labelText));
    node.groups.add(group);
    return group;
  };

  const isKey = (slot: number, raw: Buffer): boolean => {
    const key = slotKeys[slot] as DataView;
    return key.byteLength === raw.length + 1 && raw.equals(new Uint8Array(key.buffer, 0, raw.length));
  };

  const byName = ({ slots }: Group): Map<string, number> => new Map(slots.map((slot) => [(slotFamilies[slot] as Family).name, slot]));

  const named = (group: Group, name: string): number | undefined =>
    group.byName === undefined ? group.slots.find((slot) => slotFamilies[slot]?.name === name) : group.byName.get(name);

  const isTaken = (name: string, by: Group): boolean => {
    for (const group of by.node.groups) {
      if (group === by || group.labelText !== by.labelText) continue;
      if (named(group, name) !== undefined) return true;
    }
    return false;
  };

  return {
    latest,
    heads,
    nodes,
    families,
    group(bytes, start, stop, admit) {
      const known = heads.find(bytes, start, stop);
      if (known >= 0) return groups[known] as Group;
      const identity = identityOf(bytes, start, stop, limits);
      if (typeof identity === 'string') return identity;
      admit(identity.node);
      const head = encodeHead(identity.measurement, Object.fromEntries(identity.labels));
      const found = heads.find(head, 0, head.length);
      const group = found >= 0 ? (groups[found] as Group) : addGroup(identity, head);
      if (typeof group === 'string' || head.equals(bytes.subarray(start, stop))) return group;
      if (group.spellings.length >= MOST_SPELLINGS) return 'its tags come in ever new orders; sort them';
      group.spellings.push(number(group, bytes, start, stop));
      return group;
    },

    slot(group, bytes, start, stop) {
      const raw = Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start);
      if (group.byName === undefined) {
        for (const slot of group.slots) if (isKey(slot, raw)) return slot;
      }
      const field = unescape(raw.toString('utf8'));
      const name = metricName(`${group.measurement}_${field}`);
      const known = named(group, name);
      if (known !== undefined) return isKey(known, raw) ? known : `${quoted(name)} comes under another spelling too`;
      const fault = nameFault('field', field);
      if (fault !== undefined) return fault;
      if (group.node.series >= limits.series_per_node) return tooMany(group.node.name, limits.series_per_node);
      let family = families.get(name);
      if (family === undefined) families.set(name, (family = { name, measurement: group.measurement, mixed: false, slots: [] }));
      // `node_cpu` + `load` and `node` + `cpu_load` make one name; the same series twice on a page would spoil it.
      family.mixed ||= family.measurement !== group.measurement;
      if (family.mixed && isTaken(name, group)) return `${quoted(name)} comes as a field of another measurement too`;
      const slot = takeSlot();
      slotKeys[slot] = keys.withEquals(raw);
      slotFamilies[slot] = family;
      slotGroups[slot] = group.at;
      slotOfId.set(nextId, slot);
      ids[slot] = nextId++;
      places[slot] = family.slots.push(slot) - 1;
      latest.clear(slot);
      group.slots.push(slot);
      if (group.slots.length > NARROW) (group.byName ??= byName(group)).set(name, slot);
      group.node.series++;
      size++;
      return slot;
    },

    groupAt: (at) => groups[at],
    get groupsEnd() {
      return groups.length;
    },
    key: (slot) => slotKeys[slot] as DataView,
    id: (slot) => ids[slot] as number,
    family: (slot) => slotFamilies[slot] as Family,
    groupOf: (slot) => slotGroups[slot] as number,

    take(rows, end, time) {
      for (let at = rows.length; at < end; at++) {
        const slot = rows.slots[at] as number;
        rows.times[at] = time;
        rows.series[at] = ids[slot] as number;
        latest.note(slot, time, rows.values[at] as number);
      }
      rows.length = end;
    },

    setBack(node, by, rows) {
      for (const { slots, outside } of node.groups) {
        for (const slot of outside ? [] : slots) if (latest.time(slot) > node.newest) latest.setBack(slot, by);
      }
      for (let at = 0; at < rows.length; at++) {
        const slot = rows.slots[at] as number;
        if (groups[slotGroups[slot] as number]?.node === node) latest.note(slot, rows.times[at] as number, rows.values[at] as number);
      }
    },

    remove(node) {
      for (const group of node.groups) dropGroup(group);
      unlinkDropped();
    },

    forget(before) {
      const held = size;
      for (const [at, group] of groups.entries()) if (group?.at === at && group.seenAt < before) dropGroup(group);
      unlinkDropped();
      return held - size;
    },

    get size() {
      return size;
    },

    describe(id) {
      const slot = slotOfId.get(id);
      if (slot === undefined) return undefined;
      return { name: (slotFamilies[slot] as Family).name, labelText: (groups[slotGroups[slot] as number] as Group).labelText };
    },
  };
}

function tooMany(node: string, limit: number): string {
  return `node ${node} has ${limit} series already; find what makes so many (vigie nodes), or raise limits.series_per_node`;
}
