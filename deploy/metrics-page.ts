import type { Metric, Metrics } from '../agent/contract/metric.ts';

/** The page of all metrics that agents send, a table for each component that reads them. */
export function metricsPage(declared: Readonly<Record<string, Metrics>>): string {
  const parts = Object.entries(declared).flatMap(([component, metrics]) => [
    '',
    `## ${component}`,
    '',
    '| name | kind | unit | labels | what it says |',
    '|---|---|---|---|---|',
    ...Object.values(metrics).map(row),
  ]);
  return `${[...HEAD, ...parts].join('\n')}\n`;
}

const HEAD = [
  '# Metrics',
  '',
  'Every metric that an agent declares, by the sampler that reads it (`runtime`: the agent itself); made of the declarations by',
  '`node deploy/generate.mjs`. `vigie metrics WORD` searches the same list. Every sample also carries `cluster`, `instance` and the',
  "`labels` of agent.yaml. Host metrics have node_exporter's names, labels and meaning. Fields that a kernel of the future adds to",
  '/proc/meminfo come under names made the same way. In line protocol a name is split into measurement and field: `node_load1` is',
  '`node load1=…`, `node_memory_MemFree_bytes` is `node_memory MemFree_bytes=…`.',
  '',
  "The collector's own metrics (`vigie_collector_*`) stand at the top of its `/metrics`, each with its help.",
];

function row({ name, kind, unit, labels, help }: Metric): string {
  return `| \`${name}\` | ${kind} | ${unit} | ${labels.join(', ')} | ${help.replaceAll('|', '\\|')} |`;
}
