import { Router } from 'express';
import type { Group, SeriesTable } from '../series/series-table.ts';
import { periodOf, stateOf } from '../series/nodes.ts';
import type { Node, NodeState } from '../series/nodes.ts';

/** A node as the page and `vigie nodes` show it. What is not known is null, never zero. */
export interface NodeSummary {
  readonly name: string;
  readonly cluster: string;
  readonly state: NodeState;
  /** Since something newer came; null where nothing did since the collector started. */
  readonly silentSeconds: number | null;
  /** Between its posts. */
  readonly periodSeconds: number;
  readonly series: number;
  /** Its newest sample's time against the collector's clock; negative where it is behind. */
  readonly clockSeconds: number | null;
  readonly refusal: { readonly reason: string; readonly agoSeconds: number } | null;
  readonly cpus: number | null;
  /** Share of all CPU time that was not idle between the last two samples. */
  readonly cpuRatio: number | null;
  readonly load1: number | null;
  readonly memoryTotalBytes: number | null;
  readonly memoryUsedBytes: number | null;
  /** The fullest file system. */
  readonly filesystem: { readonly mountpoint: string; readonly usedRatio: number } | null;
  /** Bytes per second between the last two samples, summed over devices; loopback left out. */
  readonly networkReceiveRate: number | null;
  readonly networkTransmitRate: number | null;
  readonly diskReadRate: number | null;
  readonly diskWriteRate: number | null;
  /** The hottest sensor. */
  readonly temperature: { readonly sensor: string; readonly celsius: number } | null;
  readonly uptimeSeconds: number | null;
}

/** `GET /api/v1/nodes`: every node's summary, by name. */
export function nodesRoute(table: SeriesTable, now: () => number): Router {
  const router = Router();
  router.get('/api/v1/nodes', async (request, response) => {
    const only = typeof request.query['node'] === 'string' ? request.query['node'] : undefined;
    const data: NodeSummary[] = [];
    let slots = 0;
    for (const node of table.nodes.values()) {
      if (only !== undefined && node.name !== only) continue;
      data.push(summaryOf(table, node, now()));
      slots += node.series;
      if (slots > 20_000) {
        slots = 0;
        await new Promise(setImmediate);
      }
    }
    data.sort((a, b) => (a.cluster < b.cluster ? -1 : a.cluster > b.cluster ? 1 : a.name.localeCompare(b.name, 'en', { numeric: true })));
    response.json({ status: 'success', data });
  });
  return router;
}

/** What a node's latest samples say. */
export function summaryOf(table: SeriesTable, node: Node, now: number): NodeSummary {
  const found = collect(table, node);
  const never = node.seenAt === Number.NEGATIVE_INFINITY;
  const total = found.values.get('node_memory_MemTotal_bytes') ?? null;
  const available = found.values.get('node_memory_MemAvailable_bytes');
  const boot = found.values.get('node_boot_time_seconds');
  return {
    name: node.name,
    cluster: node.cluster,
    state: stateOf(node, now),
    silentSeconds: never ? null : (now - node.seenAt) / 1000,
    periodSeconds: periodOf(node) / 1000,
    series: node.series,
    clockSeconds: never ? null : (node.newest - node.seenAt) / 1000,
    refusal: node.refusal === undefined ? null : { reason: node.refusal.reason, agoSeconds: (now - node.refusal.at) / 1000 },
    cpus: found.values.get('node_cpus_online') ?? null,
    cpuRatio: found.cpuSeconds > 0 ? 1 - found.idleSeconds / found.cpuSeconds : null,
    load1: found.values.get('node_load1') ?? null,
    memoryTotalBytes: total,
    memoryUsedBytes: total !== null && available !== undefined ? total - available : null,
    filesystem: fullest(found),
    networkReceiveRate: found.rates.get('node_network_receive_bytes_total') ?? null,
    networkTransmitRate: found.rates.get('node_network_transmit_bytes_total') ?? null,
    diskReadRate: found.rates.get('node_disk_read_bytes_total') ?? null,
    diskWriteRate: found.rates.get('node_disk_written_bytes_total') ?? null,
    temperature: found.temperature,
    uptimeSeconds: boot === undefined || never ? null : Math.max(0, node.newest / 1000 - boot),
  };
}

interface Found {
  readonly values: Map<string, number>;
  readonly rates: Map<string, number>;
  /** Growth of CPU time between the last two samples, all modes and idle ones. */
  cpuSeconds: number;
  idleSeconds: number;
  readonly sizes: Map<string, number>;
  readonly free: Map<string, number>;
  temperature: { readonly sensor: string; readonly celsius: number } | null;
}

const SINGLE = new Set([
  'node_memory_MemTotal_bytes',
  'node_memory_MemAvailable_bytes',
  'node_boot_time_seconds',
  'node_cpus_online',
  'node_load1',
]);
const RATES = new Set([
  'node_network_receive_bytes_total',
  'node_network_transmit_bytes_total',
  'node_disk_read_bytes_total',
  'node_disk_written_bytes_total',
]);

function collect(table: SeriesTable, node: Node): Found {
  const empty = { cpuSeconds: 0, idleSeconds: 0, temperature: null };
  const found: Found = { values: new Map(), rates: new Map(), sizes: new Map(), free: new Map(), ...empty };
  for (const group of node.groups) for (const slot of group.slots) collectSlot(table, found, group, slot);
  return found;
}

function collectSlot(table: SeriesTable, found: Found, group: Group, slot: number): void {
  const { name } = table.family(slot);
  const value = table.value(slot);
  const growth = value - table.previousValue(slot);
  const seconds = (table.time(slot) - table.previousTime(slot)) / 1000;
  if (SINGLE.has(name)) found.values.set(name, value);
  else if (RATES.has(name)) {
    // A counter that fell was reset; it says nothing of this interval.
    if (Number.isFinite(seconds) && growth >= 0 && label(group, 'device') !== 'lo') {
      found.rates.set(name, (found.rates.get(name) ?? 0) + growth / seconds);
    }
  } else if (name === 'node_cpu_seconds_total') {
    if (!Number.isFinite(seconds) || growth < 0) return;
    found.cpuSeconds += growth;
    if (label(group, 'mode') === 'idle' || label(group, 'mode') === 'iowait') found.idleSeconds += growth;
  } else if (name === 'node_filesystem_size_bytes') found.sizes.set(label(group, 'mountpoint'), value);
  else if (name === 'node_filesystem_avail_bytes') found.free.set(label(group, 'mountpoint'), value);
  else if (name === 'node_hwmon_temp_celsius') hotter(found, label(group, 'chip'), value);
  else if (name === 'node_thermal_zone_temp') hotter(found, label(group, 'type'), value);
}

function hotter(found: Found, sensor: string, celsius: number): void {
  if (found.temperature === null || celsius > found.temperature.celsius) found.temperature = { sensor, celsius };
}

function fullest({ sizes, free }: Found): NodeSummary['filesystem'] {
  let found: NodeSummary['filesystem'] = null;
  for (const [mountpoint, bytes] of sizes) {
    const left = free.get(mountpoint);
    if (left === undefined || bytes <= 0) continue;
    const usedRatio = 1 - left / bytes;
    if (found === null || usedRatio > found.usedRatio) found = { mountpoint, usedRatio };
  }
  return found;
}

function label(group: Group, wanted: string): string {
  return group.labels.find(([name]) => name === wanted)?.[1] ?? '';
}
