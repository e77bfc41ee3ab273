import { defineMetric } from '../../contract/metric.ts';
import type { Metric } from '../../contract/metric.ts';

/** The counter of zones of a kind (`package`), named as node_exporter names it (collector/rapl_linux.go). */
export function zoneMetric(kind: string): Metric<'index' | 'path'> {
  return defineMetric('node_rapl', `node_rapl_${kind.replace(/[^a-zA-Z0-9:_]/g, '_')}_joules_total`, {
    kind: 'counter',
    unit: 'joules',
    help: `Current RAPL ${kind} value in joules`,
    labels: ['index', 'path'],
    inheritedHelp: true,
  });
}

/** The zones that drivers have; another kind is declared when it is seen. Ours go on where the register starts again. */
export const metrics: Readonly<Record<string, Metric<'index' | 'path'>>> = Object.fromEntries(
  ['package', 'core', 'uncore', 'dram', 'psys'].map(zoneMetric).map((metric) => [metric.name, metric]),
);
