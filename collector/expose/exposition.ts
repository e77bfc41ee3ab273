import type { Writable } from 'node:stream';
import { once } from 'node:events';
import type { Group } from '../series/group.ts';
import { isSilent, isStale } from '../series/gone.ts';
import type { SeriesTable } from '../series/series-table.ts';
import type { Node } from '../series/nodes.ts';
import type { Catalogue } from './catalogue.ts';
import { textChunk } from './text-chunk.ts';
import type { TextChunk } from './text-chunk.ts';

// Prometheus text format 0.0.4, written from the latest values. Samples carry no timestamps: then Prometheus itself marks a
// series stale when it is missing from a scrape.

/** How long a reader may take for a page before it is left. */
const READER_MS = 60_000;
/** Series written before the event loop gets its turn: about 3 ms; shorter slices mean more waits for the reader, which cost more than the writing. */
const SLICE = 8192;

/**
 * Writes every live series, family by family, but for families whose name is taken on the page; resolves once all is with
 * the stream. Ends early where the signal says that the reader has gone.
 */
export async function writeFleet(
  table: SeriesTable,
  catalogue: Catalogue,
  now: number,
  out: Writable,
  signal: AbortSignal,
  isTaken: (name: string) => boolean = () => false,
): Promise<void> {
  const { heads, latest } = table;
  const leave = AbortSignal.any([signal, AbortSignal.timeout(READER_MS)]);
  const chunk = textChunk();
  let written = 0;
  const newest = newestByGroup(table, now);
  for (const family of table.families.values()) {
    const { name } = family;
    if (isTaken(name)) continue;
    const nameBytes = new DataView(new TextEncoder().encode(name).buffer);
    let headed = false;
    // A copy: while the reader is waited for, series may be forgotten and their slots go to others.
    for (const slot of family.slots.slice()) {
      if (table.family(slot) !== family) continue;
      const group = table.groupOf(slot);
      if (!(latest.time(slot) >= (newest[group] ?? Number.NaN)) && isGone(table, slot, now)) continue;
      if (!headed) chunk.header(header(name, catalogue));
      headed = true;
      chunk.sample(nameBytes, heads.arena, heads.start(group) + heads.length(group), heads.tailLength(group), latest.value(slot));
      if (++written % SLICE === 0) {
        await send(out, chunk, leave);
        await new Promise(setImmediate);
        if (leave.aborted) return;
      }
    }
  }
  await send(out, chunk, leave);
}

// Whether a slot's node or the slot itself has gone.
function isGone(table: SeriesTable, slot: number, now: number): boolean {
  const group = table.groupAt(table.groupOf(slot));
  return group === undefined || (!group.outside && isSilent(group.node, now)) || isStale(table, slot, group, now);
}

// By group, the time as of which a series is live without further question: most are as new as their node's newest. Series of
// one name lie far apart, one a node, so that all that is read of each misses the cache: numbers that stand close miss less
// than groups and nodes do, and those are not looked at.
function newestByGroup(table: SeriesTable, now: number): Float64Array {
  const newest = new Float64Array(table.groupsEnd).fill(Number.NaN);
  for (const node of table.nodes.values()) {
    if (isSilent(node, now)) continue;
    for (const { at, outside } of node.groups) if (!outside) newest[at] = node.newest;
  }
  return newest;
}

/** One node's live series as one text. */
export function nodeText(table: SeriesTable, catalogue: Catalogue, node: Node, now: number): string {
  if (isSilent(node, now)) return '';
  const families = new Map<string, string>();
  for (const group of node.groups) {
    for (const slot of group.slots) {
      if (isStale(table, slot, group, now)) continue;
      const { name } = table.family(slot);
      families.set(name, (families.get(name) ?? header(name, catalogue)) + sample(name, group, table.latest.value(slot)));
    }
  }
  return [...families.values()].join('');
}

function sample(name: string, group: Group, value: number): string {
  return `${name}${group.labelText} ${value}\n`;
}

function header(name: string, catalogue: Catalogue): string {
  const { kind, help } = catalogue.facts(name);
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', String.raw`\n`)}\n# TYPE ${name} ${kind}\n`;
}

async function send(out: Writable, chunk: TextChunk, leave: AbortSignal): Promise<void> {
  if (leave.aborted) return;
  const taken = chunk.take();
  if (out.write(taken, () => chunk.giveBack(taken))) return;
  await once(out, 'drain', { signal: leave }).catch((error: unknown) => {
    // The reader has gone or stopped reading: there is nobody left to tell.
    if (!leave.aborted) throw error;
  });
}
