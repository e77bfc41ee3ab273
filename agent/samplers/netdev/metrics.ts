import { defineMetric } from '../../contract/metric.ts';
import type { Metric } from '../../contract/metric.ts';

// The columns of /proc/net/dev in their order (net/core/net-procfs.c dev_seq_printf_stats); node_exporter's names are made of them.
const COLUMNS = [
  ...['bytes', 'packets', 'errs', 'drop', 'fifo', 'frame', 'compressed', 'multicast'].map((column) => `receive_${column}`),
  ...['bytes', 'packets', 'errs', 'drop', 'fifo', 'colls', 'carrier', 'compressed'].map((column) => `transmit_${column}`),
];

/** The metrics of a device, in the order of the columns. */
export const columns: readonly Metric<'device'>[] = COLUMNS.map((column) =>
  defineMetric('node_network', `node_network_${column}_total`, {
    kind: 'counter',
    unit: column.endsWith('_bytes') ? 'bytes' : 'count',
    help: `Network device statistic ${column}.`,
    labels: ['device'],
  }),
);

/** The columns by full name. */
export const metrics = Object.fromEntries(columns.map((metric) => [metric.name, metric]));
