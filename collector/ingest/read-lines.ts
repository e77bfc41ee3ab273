import { LineReader } from '../../agent/contract/line-decode.ts';
import type { Precision } from '../../agent/contract/precision.ts';
import { NARROW } from '../series/series-table.ts';
import type { Group } from '../series/group.ts';
import type { SeriesTable } from '../series/series-table.ts';
import type { Node } from '../series/nodes.ts';
import { isUnused, notePost } from '../series/nodes.ts';
import { accepted } from './accepted-text.ts';
import type { Accepted } from './accepted-text.ts';
import { growColumns } from './columns.ts';
import type { Columns } from './columns.ts';

/** Whose lines are read, and what of them is taken. */
export interface ReadRules {
  readonly precision: Precision;
  readonly now: number;
  /** Samples outside are refused, with the reason. */
  readonly oldest: number;
  readonly newest: number;
  readonly lineBytes: number;
  /** Called for every node of the body before anything of it is taken; throws where the sender may not write it. */
  readonly admit: (node: string) => void;
  /** Called once a node and body; throws where another sender holds the node's name. Answers how what it took is given back. */
  readonly claim: (node: Node) => (() => void) | undefined;
  /** Whether somebody else tells of the node, by the collector's clock: then the lines do not say that the node itself is there. */
  readonly outside?: boolean;
}

/** A line that was not taken. */
export interface Refusal {
  /** Counted from 1. */
  readonly line: number;
  readonly reason: string;
  /** The node it is of, where that could be read. */
  readonly node: Node | undefined;
  /** Whether it is no line protocol. */
  readonly unreadable: boolean;
}

/** What a body, or a piece of it, held. */
export interface ReadLines {
  /** The accepted lines with millisecond timestamps, ending with a newline; a part of the body, or all of it, where nothing had to change. */
  readonly text: Uint8Array;
  /** Whether lines without a time were given the collector's. */
  readonly stamped: boolean;
  /** Fields of text, which make no row. */
  readonly textFields: number;
  readonly refused: number;
  /** The first few refusals, and the first of every node. */
  readonly refusals: readonly Refusal[];
  readonly nodes: ReadonlySet<Node>;
}

const REFUSALS_KEPT = 10;
/** How long lines are read before the event loop gets its turn. */
const SLICE_MS = 5;
/** Bytes read between two looks at the clock. */
const STRETCH = 16_384;

/** Bytes of a body that are one batch: what a store takes in one step without holding the event loop. */
const PIECE_BYTES = 2 << 20;

/** A body being read. */
export interface BodyReading {
  /** Whether all of it has been read. */
  readonly done: boolean;
  /**
   * Reads the next piece into rows behind those in `columns`, and keeps the latest values. A refused line costs that line
   * alone. Pieces are read in slices, so that nobody else waits.
   *
   * @throws what `admit` and `claim` throw; then no row of the piece goes anywhere, no node was made by it and no claim stands.
   */
  read(columns: Columns): Promise<ReadLines>;
}

/** A body to be read in pieces, each of which is worth being stored for itself. */
export function openBody(table: SeriesTable, bytes: Uint8Array, rules: ReadRules, pieceBytes = PIECE_BYTES): BodyReading {
  const reader = new LineReader(bytes, bytes.length, rules.precision);
  let line = 0;
  let first = true;
  return {
    get done() {
      return !first && reader.at >= reader.end;
    },
    async read(columns) {
      first = false;
      const state = begin(reader, line, rules, columns);
      const pieceEnd = reader.at + pieceBytes;
      let undone = true;
      try {
        while (readSlice(table, state, rules, pieceEnd)) await new Promise(setImmediate);
        undone = false;
      } finally {
        leave(table, state, undone);
      }
      line = state.line;
      for (const [node, newest] of state.newest) {
        if (rules.outside === true) continue;
        const setBack = notePost(node, rules.now, newest);
        if (setBack !== undefined) table.setBack(node, setBack, columns);
      }
      const text = await state.accepted.text();
      const { refused, refusals, newest, stamped, textFields } = state;
      return { text, stamped, textFields, refused, refusals, nodes: new Set(newest.keys()) };
    },
  };
}

/** Reads a body as one piece. */
export function readLines(table: SeriesTable, bytes: Uint8Array, rules: ReadRules, columns: Columns): Promise<ReadLines> {
  return openBody(table, bytes, rules, Number.POSITIVE_INFINITY).read(columns);
}

interface State {
  readonly reader: LineReader;
  readonly newest: Map<Node, number>;
  readonly refusals: Refusal[];
  readonly refusedNodes: Set<Node>;
  readonly giveBack: (() => void)[];
  readonly accepted: Accepted;
  readonly columns: Columns;
  readonly rewrite: boolean;
  line: number;
  lineStart: number;
  stamped: boolean;
  textFields: number;
  refused: number;
  /** Name of the node of the line, where it has been read. */
  node: Node | undefined;
  group: Group | undefined;
  /** Newest time of the group's node in this piece. */
  nodeNewest: number;
}

function begin(reader: LineReader, line: number, rules: ReadRules, columns: Columns): State {
  const refusals = { refused: 0, refusals: [], refusedNodes: new Set<Node>(), giveBack: [], node: undefined };
  const found = { newest: new Map<Node, number>(), line, lineStart: 0, stamped: false, textFields: 0, ...refusals };
  const nodeNewest = Number.NEGATIVE_INFINITY;
  return { reader, accepted: accepted(reader.bytes), columns, rewrite: rules.precision !== 'ms', group: undefined, nodeNewest, ...found };
}

// Reads until the slice is full; true where more of the piece is to come.
function readSlice(table: SeriesTable, state: State, rules: ReadRules, pieceEnd: number): boolean {
  const { reader } = state;
  const sliceEnd = performance.now() + SLICE_MS;
  let look = reader.at + STRETCH;
  for (;;) {
    if (reader.at >= look) {
      if (reader.at >= pieceEnd) break;
      if (performance.now() > sliceEnd) return true;
      look = reader.at + STRETCH;
    }
    if (!reader.nextLine(look)) {
      if (reader.at >= reader.end) break;
      continue;
    }
    state.line++;
    state.lineStart = reader.at;
    const fault = readLine(table, state, rules);
    if (fault !== undefined) {
      reader.skipLine();
      refuse(state, reader.at - state.lineStart > rules.lineBytes + 1 ? tooLong(rules) : fault);
    } else if (state.rewrite || reader.timeStart === reader.at) {
      state.accepted.keepWithTime(state.lineStart, reader.timeStart, reader.time);
    } else {
      state.accepted.keep(state.lineStart, reader.at);
    }
  }
  noteNewest(state);
  return false;
}

// Reads one line into the columns; what is returned is why it is refused.
function readLine(table: SeriesTable, state: State, rules: ReadRules): string | undefined {
  const { reader, columns } = state;
  const group = findGroup(table, state, rules);
  if (typeof group === 'string') return group;
  state.node = group.node;
  const { slots } = group;
  const longest = state.lineStart + rules.lineBytes;
  let expected = 0;
  let at = columns.length;
  let text = 0;
  do {
    let slot = slots[expected];
    if (slot !== undefined && reader.keyIs(table.key(slot))) expected++;
    else {
      if (!reader.readKey()) return reader.error;
      const found = table.slot(group, reader.bytes, reader.start, reader.stop);
      if (typeof found === 'string') return found;
      slot = found;
      // In a wide group of another order, finding the place would cost more than it saves.
      expected = slots.length > NARROW ? expected + 1 : slots.indexOf(slot) + 1;
    }
    if (!reader.readValue()) return reader.error;
    if (reader.at > longest) return tooLong(rules);
    // A string is no sample: it goes on to stores that keep text, and is no row here.
    if (reader.value === reader.value) {
      if (at === columns.slots.length) growColumns(columns);
      columns.slots[at] = slot;
      columns.values[at++] = reader.value;
    } else text++;
  } while (reader.nextField());
  if (!reader.readTime()) return reader.error;
  const fault = takeLine(table, state, rules, group, at);
  if (fault === undefined) state.textFields += text;
  return fault;
}

function takeLine(table: SeriesTable, state: State, rules: ReadRules, group: Group, end: number): string | undefined {
  const { reader, columns } = state;
  if (reader.time !== reader.time) {
    reader.time = rules.now;
    state.stamped = true;
  }
  const { time } = reader;
  if (time > rules.newest) return `its time is ${seconds(time - rules.now)} s ahead of the collector's; set the node's clock`;
  if (time < rules.oldest) return `its time is ${seconds(rules.now - time)} s ago, older than what is kept`;
  group.seenAt = rules.now;
  group.outside = rules.outside === true;
  table.take(columns, end, time);
  if (time > state.nodeNewest) state.nodeNewest = time;
  return undefined;
}

// The group of the line: most often the one of the line before (the next round of the same series) or the one that came after it last time.
function findGroup(table: SeriesTable, state: State, rules: ReadRules): Group | string {
  const { reader } = state;
  const { heads } = table;
  const before = state.group;
  if (before !== undefined) {
    if (reader.headIs(heads.arena, heads.start(before.at), heads.length(before.at))) return before;
    const next = before.next;
    if (next !== undefined && reader.headIs(heads.arena, heads.start(next.at), heads.length(next.at))) return enter(state, rules, next);
  }
  return searchGroup(table, state, rules);
}

// Apart from findGroup, which would make the closure's context for every line.
function searchGroup(table: SeriesTable, state: State, rules: ReadRules): Group | string {
  const { reader, group: before } = state;
  state.node = undefined;
  if (!reader.readHead()) return reader.error;
  if (reader.stop - reader.start > rules.lineBytes) return tooLong(rules);
  const group = table.group(reader.bytes, reader.start, reader.stop, (name) => {
    rules.admit(name);
    state.node = table.nodes.get(name);
  });
  if (typeof group === 'string') return group;
  if (before !== undefined) before.next = group;
  return enter(state, rules, group);
}

function enter(state: State, rules: ReadRules, group: Group): Group {
  if (group.node !== state.group?.node) {
    noteNewest(state);
    if (!state.newest.has(group.node)) {
      rules.admit(group.node.name);
      const giveBack = rules.claim(group.node);
      if (giveBack !== undefined) state.giveBack.push(giveBack);
      group.node.readings++;
      state.newest.set(group.node, Number.NEGATIVE_INFINITY);
    }
    state.nodeNewest = state.newest.get(group.node) as number;
  }
  state.group = group;
  return group;
}

// Lets go of the nodes of a piece; of one that was not to be read, nothing stays.
function leave(table: SeriesTable, { newest, giveBack }: State, undone: boolean): void {
  for (const node of newest.keys()) node.readings--;
  if (!undone) return;
  for (const give of giveBack) give();
  for (const node of newest.keys()) if (isUnused(node)) table.remove(node);
}

function noteNewest({ group, newest, nodeNewest }: State): void {
  if (group !== undefined) newest.set(group.node, nodeNewest);
}

function tooLong({ lineBytes }: ReadRules): string {
  return `it is longer than ${lineBytes} bytes (limits.line)`;
}

function refuse(state: State, reason: string): void {
  const { reader, node, refusedNodes } = state;
  const unreadable = reader.error !== '';
  reader.error = '';
  state.refused++;
  const another = node !== undefined && !refusedNodes.has(node);
  if (another) refusedNodes.add(node);
  if (another || state.refusals.length < REFUSALS_KEPT) state.refusals.push({ line: state.line, reason, node, unreadable });
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
