import { LineReader } from '../../agent/contract/line-decode.ts';
import type { Precision } from '../../agent/contract/line-decode.ts';
import { grown } from '../series/head-index.ts';
import type { Group, SeriesTable } from '../series/series-table.ts';
import type { Node } from '../series/nodes.ts';
import { notePost } from '../series/nodes.ts';
import type { Rows } from '../stores/store.ts';
import { accepted } from './accepted-text.ts';
import type { Accepted } from './accepted-text.ts';

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

/** What a body held. */
export interface ReadLines {
  readonly rows: Rows;
  /** The accepted lines with millisecond timestamps, ending with a newline; the body itself where nothing had to change. */
  readonly text: Uint8Array;
  readonly refused: number;
  /** The first few refusals. */
  readonly refusals: readonly Refusal[];
  readonly nodes: ReadonlySet<Node>;
}

const REFUSALS_KEPT = 10;
/** Bytes read before the event loop gets its turn: about 3 ms. */
const SLICE = 512 * 1024;

let seriesColumn = new Uint32Array(4096);
let slotColumn = new Uint32Array(4096);
let timeColumn = new Float64Array(4096);
let valueColumn = new Float64Array(4096);

/**
 * Reads a body into rows, and keeps the latest values. A refused line costs that line alone. Large bodies are read in
 * slices, so that nobody else waits.
 *
 * @throws what `admit` and `claim` throw; then no row of the body goes anywhere.
 */
export async function readLines(table: SeriesTable, bytes: Uint8Array, rules: ReadRules): Promise<ReadLines> {
  const state = begin(bytes, rules);
  while (readSlice(table, state, rules)) {
    saveColumns(state);
    await new Promise(setImmediate);
  }
  saveColumns(state);
  const rows = joined(state.saved);
  for (const [node, newest] of state.newest) notePost(node, rules.now, newest);
  const text = await state.accepted.text();
  const { refused, refusals, newest } = state;
  return { rows, text, refused, refusals, nodes: new Set(newest.keys()) };
}

interface State {
  readonly reader: LineReader;
  readonly checkLength: boolean;
  readonly newest: Map<Node, number>;
  readonly refusals: Refusal[];
  readonly accepted: Accepted;
  readonly saved: Rows[];
  readonly rewrite: boolean;
  line: number;
  refused: number;
  group: Group | undefined;
  /** Rows in the columns. */
  length: number;
}

function begin(bytes: Uint8Array, rules: ReadRules): State {
  const reader = new LineReader(bytes, bytes.length, rules.precision);
  const found = { newest: new Map<Node, number>(), refusals: [], saved: [], line: 0, refused: 0, length: 0 };
  const checkLength = bytes.length > rules.lineBytes;
  return { reader, accepted: accepted(bytes), checkLength, rewrite: rules.precision !== 'ms', group: undefined, ...found };
}

// Reads until the slice is full; true where more is to come.
function readSlice(table: SeriesTable, state: State, rules: ReadRules): boolean {
  const { reader } = state;
  const sliceEnd = reader.at + SLICE;
  while (reader.nextLine()) {
    state.line++;
    const start = reader.at;
    const fault = (state.checkLength && longLine(reader, rules)) || readLine(table, state, rules);
    if (fault) {
      refuse(state, fault);
      reader.skipLine();
    } else if (state.rewrite || reader.timeStart === reader.at) {
      state.accepted.keepWithTime(start, reader.timeStart, reader.time);
    } else {
      state.accepted.keep(start, reader.at);
    }
    if (reader.at > sliceEnd) return true;
  }
  return false;
}

// Reads one line into the columns; what is returned is why it is refused.
function readLine(table: SeriesTable, state: State, rules: ReadRules): string | undefined {
  const { reader } = state;
  const group = findGroup(table, state, rules);
  if (typeof group === 'string') return group;
  const { slots } = group;
  const first = state.length;
  let expected = 0;
  let at = first;
  do {
    let slot = slots[expected];
    if (slot !== undefined && reader.keyIs(table.key(slot))) expected++;
    else {
      if (!reader.readKey()) return reader.error;
      const found = table.slot(group, reader.bytes, reader.start, reader.stop);
      if (typeof found === 'string') return found;
      slot = found;
      expected = slots.indexOf(slot) + 1;
    }
    if (!reader.readValue()) return reader.error;
    // A string is no sample: it goes on to stores that keep text, and is no row here.
    if (reader.value === reader.value) {
      if (at === slotColumn.length) growColumns();
      slotColumn[at] = slot;
      valueColumn[at++] = reader.value;
    }
  } while (reader.nextField());
  if (!reader.readTime()) return reader.error;
  return takeLine(table, state, rules, group, first, at);
}

function takeLine(table: SeriesTable, state: State, rules: ReadRules, group: Group, first: number, end: number): string | undefined {
  const { reader } = state;
  if (reader.time !== reader.time) reader.time = rules.now;
  const { time } = reader;
  if (time > rules.newest) return `its time is ${seconds(time - rules.now)} s ahead of the collector's; set the node's clock`;
  if (time < rules.oldest) return `its time is ${seconds(rules.now - time)} s ago, older than what is kept`;
  group.seenAt = rules.now;
  for (let at = first; at < end; at++) {
    const slot = slotColumn[at] as number;
    timeColumn[at] = time;
    seriesColumn[at] = table.id(slot);
    table.set(slot, time, valueColumn[at] as number);
  }
  state.length = end;
  if (time > (state.newest.get(group.node) as number)) state.newest.set(group.node, time);
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
  const group = table.group(reader.bytes, reader.start, reader.stop, rules.admit);
  if (typeof group === 'string') return group;
  if (before !== undefined) before.next = group;
  return enter(state, rules, group);
}

function enter(state: State, rules: ReadRules, group: Group): Group {
  if (!state.newest.has(group.node)) {
    rules.admit(group.node.name);
    rules.claim(group.node);
    state.newest.set(group.node, Number.NEGATIVE_INFINITY);
  }
  state.group = group;
  return group;
}

function longLine(reader: LineReader, rules: ReadRules): string | undefined {
  const newline = reader.bytes.indexOf(0x0a, reader.at);
  const length = (newline < 0 ? reader.end : newline) - reader.at;
  return length > rules.lineBytes ? `it has ${length} bytes; at most ${rules.lineBytes} are taken (limits.line)` : undefined;
}

function refuse(state: State, reason: string): void {
  state.refused++;
  if (state.refusals.length < REFUSALS_KEPT) state.refusals.push({ line: state.line, reason });
}

function growColumns(): void {
  const length = slotColumn.length * 2;
  seriesColumn = grown(seriesColumn, new Uint32Array(length));
  slotColumn = grown(slotColumn, new Uint32Array(length));
  timeColumn = grown(timeColumn, new Float64Array(length));
  valueColumn = grown(valueColumn, new Float64Array(length));
}

// The columns are everybody's scratch: what was read is copied out before the loop goes to somebody else.
function saveColumns(state: State): void {
  const { length } = state;
  state.saved.push({
    length,
    series: seriesColumn.slice(0, length),
    times: timeColumn.slice(0, length),
    values: valueColumn.slice(0, length),
  });
  state.length = 0;
}

function joined(parts: readonly Rows[]): Rows {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const rows = { length, series: new Uint32Array(length), times: new Float64Array(length), values: new Float64Array(length) };
  let at = 0;
  for (const part of parts) {
    rows.series.set(part.series, at);
    rows.times.set(part.times, at);
    rows.values.set(part.values, at);
    at += part.length;
  }
  return rows;
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
