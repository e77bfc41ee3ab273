import { encodeFieldKey, encodeHead, lineWriter } from '../../../agent/contract/line-encode.ts';
import { seeded } from '../../../agent/contract/seeded.ts';
import { labelText } from '../../../collector/series/identity.ts';

/** A series on a grid; its name is measurement, `_` and field. */
export interface GridSeries {
  readonly measurement: string;
  readonly field: string;
  /** Sorted by name. */
  readonly tags: readonly (readonly [name: string, value: string])[];
  readonly values: Float64Array;
}

/** Series that all have their samples at the same times, in milliseconds. */
export interface Grid {
  readonly start: number;
  readonly period: number;
  readonly count: number;
  /** Those of one node stand together, and in a node those of one line. */
  readonly series: readonly GridSeries[];
}

/** What a node has: GPUs, disks and networks only where it is drawn on a dashboard. */
export interface GridNode {
  readonly name: string;
  readonly isDrawn: boolean;
}

/** Values of a series from one sample to the next. */
type Walk = (random: () => number) => (at: number) => number;

const counter =
  (most: number, decimals: number): Walk =>
  (random) => {
    let value = Math.floor(random() * 1e6);
    return () => rounded((value += random() * most), decimals);
  };
const gauge =
  (from: number, by: number, decimals: number, most = Number.POSITIVE_INFINITY): Walk =>
  (random) => {
    let value = from;
    return () => rounded((value = Math.min(most, Math.max(0, value + (random() - 0.5) * by))), decimals);
  };
const constant =
  (value: number): Walk =>
  () =>
  () =>
    value;

function rounded(value: number, decimals: number): number {
  return Math.round(value * 10 ** decimals) / 10 ** decimals;
}

/** Series of nodes as their agents would send them; the same ones for the same arguments. */
export function makeGrid(nodes: readonly GridNode[], start: number, period: number, count: number): Grid {
  const random = seeded(4);
  const series = nodes.flatMap((node) =>
    seriesOf(node).map(([measurement, field, labels, walk]): GridSeries => {
      const next = walk(random);
      const tags = Object.entries({ cluster: 'bench', instance: node.name, ...labels }).sort(([one], [other]) => (one < other ? -1 : 1));
      return { measurement, field, tags, values: Float64Array.from({ length: count }, (_, at) => next(at)) };
    }),
  );
  return { start, period, count, series };
}

function seriesOf({ isDrawn }: GridNode): [measurement: string, field: string, labels: Record<string, string>, walk: Walk][] {
  const all: [string, string, Record<string, string>, Walk][] = [];
  for (const cpu of ['0', '1']) {
    for (const mode of ['idle', 'iowait', 'system', 'user']) all.push(['node_cpu', 'seconds_total', { cpu, mode }, counter(15, 2)]);
  }
  if (!isDrawn) return all;
  all.push(['node', 'load1', {}, gauge(4, 0.5, 2)]);
  all.push(
    ['node_memory', 'MemTotal_bytes', {}, constant(2 ** 38)],
    ['node_memory', 'MemAvailable_bytes', {}, gauge(1e11, 1e9, 0, 2 ** 38)],
  );
  for (const device of ['eth0', 'ib0']) {
    for (const field of ['receive_bytes_total', 'transmit_bytes_total']) all.push(['node_network', field, { device }, counter(1e8, 0)]);
  }
  for (const device of ['nvme0n1', 'nvme1n1']) {
    for (const field of ['read_bytes_total', 'written_bytes_total']) all.push(['node_disk', field, { device }, counter(1e7, 0)]);
  }
  for (const mountpoint of ['/', '/scratch']) {
    all.push(['node_filesystem', 'size_bytes', { mountpoint }, constant(2 ** 40)]);
    all.push(['node_filesystem', 'avail_bytes', { mountpoint }, gauge(2 ** 39, 1e8, 0, 2 ** 40)]);
  }
  for (const gpu of ['0', '1', '2', '3']) {
    all.push(['gpu', 'utilization_ratio', { gpu }, gauge(0.5, 0.3, 2, 1)], ['gpu', 'power_watts', { gpu }, gauge(250, 30, 3, 400)]);
    all.push(
      ['gpu', 'temperature_celsius', { gpu }, gauge(60, 4, 0, 95)],
      ['gpu', 'memory_used_bytes', { gpu }, gauge(2e10, 1e9, 0, 8e10)],
    );
    all.push(['gpu', 'memory_total_bytes', { gpu }, constant(8e10)]);
  }
  all.push(['power_node', 'watts', { source: 'bmc' }, gauge(800, 60, 0, 2000)]);
  return all;
}

/** What the twelve panels of a node's dashboard ask for. */
export function nodePanels(instance: string): readonly string[] {
  const at = `{instance="${instance}"}`;
  return [
    `sum by (mode) (rate(node_cpu_seconds_total${at}[1m]))`,
    `node_load1${at}`,
    `node_memory_MemTotal_bytes${at} - node_memory_MemAvailable_bytes${at}`,
    `rate(node_network_receive_bytes_total${at}[1m])`,
    `rate(node_network_transmit_bytes_total${at}[1m])`,
    `rate(node_disk_read_bytes_total${at}[1m])`,
    `rate(node_disk_written_bytes_total${at}[1m])`,
    `1 - node_filesystem_avail_bytes${at} / node_filesystem_size_bytes${at}`,
    `gpu_utilization_ratio${at}`,
    `gpu_power_watts${at}`,
    `gpu_temperature_celsius${at}`,
    `gpu_memory_used_bytes${at} / gpu_memory_total_bytes${at}`,
  ];
}

/** The samples of a grid from one on, so many of them. */
export function partOf({ start, period, series }: Grid, from: number, count: number): Grid {
  const part = series.map((one) => ({ ...one, values: one.values.subarray(from, from + count) }));
  return { start: start + from * period, period, count, series: part };
}

const BODY_BYTES = 2 ** 21;

/** The grid as line protocol with times in milliseconds, in bodies; fields of one measurement and tags share their lines. */
export function* gridLines({ start, period, count, series }: Grid): Iterable<Uint8Array> {
  const lines: { readonly head: Uint8Array; readonly fields: { readonly key: Uint8Array; readonly values: Float64Array }[] }[] = [];
  let last = '';
  for (const { measurement, field, tags, values } of series) {
    const head = encodeHead(measurement, Object.fromEntries(tags));
    if (head.toString() !== last) lines.push({ head, fields: [] });
    last = head.toString();
    lines.at(-1)?.fields.push({ key: encodeFieldKey(field), values });
  }
  const writer = lineWriter();
  for (let at = 0; at < count; at++) {
    for (const { head, fields } of lines) {
      writer.head(head);
      for (const { key, values } of fields) writer.field(key, values[at] as number);
      writer.end(start + at * period);
      if (writer.length < BODY_BYTES) continue;
      yield Buffer.from(writer.written());
      writer.clear();
    }
  }
  if (writer.length > 0) yield Buffer.from(writer.written());
}

/** The grid in OpenMetrics' format, without types. */
export function* gridOpenMetrics({ start, period, series }: Grid): Iterable<string> {
  for (const { measurement, field, tags, values } of series) {
    const head = `${measurement}_${field}${labelText(tags)}`;
    let text = '';
    for (const [at, value] of values.entries()) text += `${head} ${value} ${(start + at * period) / 1000}\n`;
    yield text;
  }
  yield '# EOF\n';
}
