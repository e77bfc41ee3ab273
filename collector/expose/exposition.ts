import type { Writable } from 'node:stream';
import { once } from 'node:events';
import type { Group, SeriesTable } from '../series/series-table.ts';
import { periodOf } from '../series/nodes.ts';
import type { Node } from '../series/nodes.ts';
import type { Catalogue } from './catalogue.ts';
import { textChunk } from './text-chunk.ts';
import type { TextChunk } from './text-chunk.ts';

// Prometheus text format 0.0.4, written from the latest values. Samples carry no timestamps: then Prometheus itself marks a
// series stale when it is missing from a scrape.

/** Periods of its own after which a silent node's or sensor's series leave. */
const PERIODS = 3;
/** A series that has come only once has shown no period; the slowest sampler's is taken. */
const SLOWEST_PERIOD_MS = 300_000;
/** How long a reader may take nothing before it is left. */
const READER_MS = 60_000;
/** Series written before the event loop gets its turn: about 1 ms, and as much again for the stream. */
const SLICE = 4096;

/** The moment before which a node's latest sample means that the node is gone. */
export function isSilent(node: Node, now: number): boolean {
  return now - node.seenAt > PERIODS * periodOf(node);
}

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
  const chunk = textChunk();
  let written = 0;
  // Slots of one node mostly stand together: whether it is silent is asked once for all of them.
  let node: Node | undefined;
  let silent = false;
  for (const { name, slots } of table.families.values()) {
    if (isTaken(name)) continue;
    const nameBytes = Buffer.from(name);
    let headed = false;
    for (const slot of slots) {
      const group = table.groupOf(slot);
      if (group.node !== node) {
        node = group.node;
        silent = isSilent(node, now);
      }
      if (silent || isStale(table, slot, node)) continue;
      if (!headed) chunk.header(header(name, catalogue));
      headed = true;
      chunk.sample(nameBytes, group.labelText, table.value(slot));
      if (++written % SLICE === 0) {
        await send(out, chunk, signal);
        await new Promise(setImmediate);
        if (signal.aborted) return;
      }
    }
  }
  await send(out, chunk, signal);
}

/** One node's live series as one text. */
export function nodeText(table: SeriesTable, catalogue: Catalogue, node: Node, now: number): string {
  if (isSilent(node, now)) return '';
  const families = new Map<string, string>();
  for (const group of node.groups) {
    for (const slot of group.slots) {
      if (isStale(table, slot, node)) continue;
      const { name } = table.family(slot);
      families.set(name, (families.get(name) ?? header(name, catalogue)) + sample(name, group, table.value(slot)));
    }
  }
  return [...families.values()].join('');
}

/** Whether a disk, job or sensor has gone while its node goes on. Times are the node's own, so its clock does not matter. */
export function isStale(table: SeriesTable, slot: number, node: Node): boolean {
  const time = table.time(slot);
  const behind = node.newest - time;
  if (behind <= 0) return false;
  const period = time - table.previousTime(slot);
  return behind > PERIODS * (Number.isFinite(period) ? period : SLOWEST_PERIOD_MS);
}

function sample(name: string, group: Group, value: number): string {
  return `${name}${group.labelText} ${value}\n`;
}

function header(name: string, catalogue: Catalogue): string {
  const { kind, help } = catalogue.facts(name);
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', String.raw`\n`)}\n# TYPE ${name} ${kind}\n`;
}

async function send(out: Writable, chunk: TextChunk, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const taken = chunk.take();
  if (out.write(taken, () => chunk.giveBack(taken))) return;
  await once(out, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(READER_MS)]) }).catch((error: unknown) => {
    // The reader has gone: there is nobody left to tell.
    if (!signal.aborted) throw error;
  });
}
