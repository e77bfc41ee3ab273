import { parseArgs } from 'node:util';
import { say } from '../../agent/contract/say.ts';
import type { NodeSummary } from '../api/nodes.ts';
import { DEFAULT_URL, askCollector } from './ask-collector.ts';
import type { Command } from './commands.ts';
import { printable, table } from './table.ts';

/** Asks a running collector over HTTP, 10 s at most. */
export const nodes: Command = {
  usage: 'nodes [--url URL]',
  summary: 'Lists the nodes of a running collector, the worst off first, with their last refusal.',
  async run(args) {
    const { values } = parseArgs({ args: [...args], options: { url: { type: 'string', default: DEFAULT_URL } } });
    say(nodeListing(await fetchNodes(values.url)));
    return 0;
  },
};

async function fetchNodes(collector: string): Promise<readonly NodeSummary[]> {
  const { address, response, body } = await askCollector(collector, 'api/v1/nodes');
  if (!response.ok) throw new Error(`${address} answers ${response.status}; is it a collector of Vigie?`);
  if (typeof body === 'object' && body !== null && 'data' in body && Array.isArray(body.data)) return body.data as NodeSummary[];
  throw new Error(`${address} answers no list of nodes; is it a collector of Vigie?`);
}

const WORST_FIRST = ['down', 'late', 'alive'] as const;

/** A line a node, the worst state first, and the counts under them. */
export function nodeListing(nodes: readonly NodeSummary[]): string {
  if (nodes.length === 0) return 'No node has sent anything yet.\n';
  const ordered = WORST_FIRST.flatMap((state) => nodes.filter((node) => node.state === state));
  const counts = WORST_FIRST.toReversed().map((state) => `${nodes.filter((node) => node.state === state).length} ${state}`);
  return `${table(HEADS, ordered.map(line), RIGHT)}\n${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}: ${counts.join(', ')}\n`;
}

const HEADS = ['NODE', 'CLUSTER', 'STATE', 'LAST SEEN', 'CPU', 'LOAD', 'MEMORY', 'SERIES', 'LAST REFUSAL'];
const RIGHT = new Set(['LAST SEEN', 'CPU', 'LOAD', 'MEMORY', 'SERIES']);

function line(node: NodeSummary): string[] {
  // A node that is down has no numbers now.
  const live = (value: number | null, format: (value: number) => string): string =>
    value === null || node.state === 'down' ? '-' : format(value);
  const { memoryUsedBytes: used, memoryTotalBytes: total, refusal } = node;
  return [
    node.name,
    node.cluster,
    node.state,
    node.silentSeconds === null ? 'never' : `${age(node.silentSeconds)} ago`,
    live(node.cpuRatio, percent),
    live(node.load1, (load) => `${load.toFixed(2)}/${node.cpus ?? '?'}`),
    live(used === null || total === null || total <= 0 ? null : used / total, percent),
    String(node.series),
    refusal === null ? '' : `${age(refusal.agoSeconds)} ago: ${refusal.reason}`,
  ].map(printable);
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(0)}%`;
}

function age(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)}s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)}h` : `${Math.round(seconds / 86_400)}d`;
}
