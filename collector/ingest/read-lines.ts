import { LineReader } from '../../agent/contract/line-decode.ts';
import type { Precision } from '../../agent/contract/precision.ts';
import { NARROW } from '../series/series-table.ts';
import type { Group, SeriesTable } from '../series/series-table.ts';
import type { Node } from '../series/nodes.ts';
import { notePost } from '../series/nodes.ts';
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
  /** Called once a node and body; throws where another sender holds the node's name. */
  readonly claim: (node: Node) => void;
}

/** A line that was not taken. */
export interface Refusal {
  /** Counted from 1. */
  readonly line: number;
  readonly reason: string;
}

/** What a body, or a piece of it, held. */
export interface ReadLines {
  /** The accepted lines with millisecond timestamps, ending with a newline; a part of the body, or all of it, where nothing had to change. */
  readonly text: Uint8Array;
  /** Whether lines without a time were given the collector's. */
  readonly stamped: boolean;
  readonly refused: number;
  /** The first few refusals. */
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
   * @throws what `admit` and `claim` throw; then no row of the piece goes anywhere.
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
      while (readSlice(table, state, rules, pieceEnd)) await new Promise(setImmediate);
      line = state.line;
      for (const [node, newest] of state.newest) {
        const setBack = notePost(node, rules.now, newest);
        if (setBack !== undefined) table.setBack(node, setBack, columns);
      }
      const text = await state.accepted.text();
      const { refused, refusals, newest, stamped } = state;
      return { text, stamped, refused, refusals, nodes: new Set(newest.keys()) };
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
  readonly accepted: Accepted;
  readonly columns: Columns;
  readonly rewrite: boolean;
  line: number;
  lineStart: number;
  stamped: boolean;
  refused: number;
  group: Group | undefined;
  /** Newest time of the group's node in this piece. */
  nodeNewest: number;
}

function begin(reader: LineReader, line: number, rules: ReadRules, columns: Columns): State {
  const found = { newest: new Map<Node, number>(), refusals: [], line, lineStart: 0, stamped: false, refused: 0 };
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
      refuse(state, fault);
      reader.skipLine();
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
  const { slots } = group;
  const longest = state.lineStart + rules.lineBytes;
  let expected = 0;
  let at = columns.length;
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
    }
  } while (reader.nextField());
  if (!reader.readTime()) return reader.error;
  return takeLine(table, state, rules, group, at);
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
  if (!reader.readHead()) return reader.error;
  if (reader.stop - reader.start > rules.lineBytes) return tooLong(rules);
  const group = table.group(reader.bytes, reader.start, reader.stop, rules.admit);
  if (typeof group === 'string') return group;
  if (before !== undefined) before.next = group;
  return enter(state, rules, group);
}

function enter(state: State, rules: ReadRules, group: Group): Group {
  if (group.node !== state.group?.node) {
    noteNewest(state);
    if (!state.newest.has(group.node)) {
      rules.admit(group.node.name);
      rules.claim(group.node);
      state.newest.set(group.node, Number.NEGATIVE_INFINITY);
    }
    state.nodeNewest = state.newest.get(group.node) as number;
  }
  state.group = group;
  return group;
}

function noteNewest({ group, newest, nodeNewest }: State): void {
  if (group !== undefined) newest.set(group.node, nodeNewest);
}

function tooLong({ lineBytes }: ReadRules): string {
  return `it is longer than ${lineBytes} bytes (limits.line)`;
}

function refuse(state: State, reason: string): void {
  state.refused++;
  if (state.refusals.length < REFUSALS_KEPT) state.refusals.push({ line: state.line, reason });
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
