import { parseArgs } from 'node:util';
import type { NodeSummary } from '../api/nodes.ts';
import type { Command } from './commands.ts';

export const nodes: Command = {
  usage: 'nodes [--url URL]',
  summary: 'Lists the nodes of a running collector with their state, series and last refusal.',
  async run(args) {
    const { values } = parseArgs({ args: [...args], options: { url: { type: 'string', default: 'http://127.0.0.1:9797' } } });
    const response = await fetch(new URL('/api/v1/nodes', values.url), { signal: AbortSignal.timeout(10_000) }).catch((cause: unknown) => {
      throw new Error(`no collector answers at ${values.url}; start one, or name it with --url`, { cause });
    });
    if (!response.ok) throw new Error(`${values.url} answers ${response.status}`);
    const { data } = (await response.json()) as { data: readonly NodeSummary[] };
    const rows = data.map((node) => [node.name, node.cluster, node.state, lastSeen(node), String(node.series), node.refusal?.reason ?? '']);
    process.stdout.write(table([['NODE', 'CLUSTER', 'STATE', 'LAST SEEN', 'SERIES', 'LAST REFUSAL'], ...rows]));
    return 0;
  },
};

function lastSeen({ silentSeconds }: NodeSummary): string {
  return silentSeconds === null ? 'never' : `${silentSeconds.toFixed(1)} s ago`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
