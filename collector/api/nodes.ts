import { createGzip } from 'node:zlib';
import type { Writable } from 'node:stream';
import { Router } from 'express';
import type { Request, Response } from 'express';
import { isStale } from '../series/gone.ts';
import type { Group } from '../series/group.ts';
import type { SeriesTable } from '../series/series-table.ts';
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

/** Series looked at before the event loop gets its turn: about 2 ms. */
const SLICE = 20_000;

/** `GET /api/v1/nodes`: every node's summary, by cluster and name; `?node=` picks one. */
export function nodesRoute(table: SeriesTable, now: () => number): Router {
  const router = Router();
  router.get('/api/v1/nodes', async (request, response) => {
    const only = request.query['node'];
    const nodes = [...table.nodes.values()].filter(({ name }) => typeof only !== 'string' || name === only).sort(byClusterAndName);
    response.type('json').setHeader('cache-control', 'no-store');
    const out = packed(request, response);
    out.write('{"status":"success","data":[');
    let text = '';
    let separator = '';
    let slots = 0;
    for (const node of nodes) {
      if (response.destroyed) return;
      text += separator + JSON.stringify(summaryOf(table, node, now()));
      separator = ',';
      slots += node.series;
      if (slots < SLICE) continue;
      out.write(text);
      text = '';
      slots = 0;
      await new Promise(setImmediate);
    }
    out.end(`${text}]}`);
  });
  return router;
}

const names = new Intl.Collator('en', { numeric: true });

function byClusterAndName(a: Node, b: Node): number {
  return names.compare(a.cluster, b.cluster) || names.compare(a.name, b.name);
}

// Two thousand summaries are a megabyte, and a tenth of it packed.
function packed(request: Request, response: Response): Writable {
  if (request.acceptsEncodings('gzip') !== 'gzip') return response;
  response.setHeader('content-encoding', 'gzip');
  const packer = createGzip({ level: 1 });
  packer.pipe(response);
  return packer;
}

/** What a node's latest samples say. */
export function summaryOf(table: SeriesTable, node: Node, now: number): NodeSummary {
  const found = collect(table, node, now);
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

function collect(table: SeriesTable, node: Node, now: number): Found {
  const empty = { cpuSeconds: 0, idleSeconds: 0, temperature: null };
  const found: Found = { values: new Map(), rates: new Map(), sizes: new Map(), free: new Map(), ...empty };
  for (const group of node.groups) {
    for (const slot of group.slots) {
      const take = takers.get(table.family(slot).name);
      if (take !== undefined && !isStale(table, slot, group, now)) take(found, table, slot, group);
    }
  }
  return found;
}

type Take = (found: Found, table: SeriesTable, slot: number, group: Group) => void;

const single: Take = ({ values }, table, slot) => void values.set(table.family(slot).name, table.latest.value(slot));

const rate: Take = ({ rates }, table, slot, group) => {
  const growth = growthOf(table, slot);
  if (growth === undefined || label(group, 'device') === 'lo') return;
  const { name } = table.family(slot);
  const seconds = (table.latest.time(slot) - table.latest.previousTime(slot)) / 1000;
  rates.set(name, (rates.get(name) ?? 0) + growth / seconds);
};

const cpu: Take = (found, table, slot, group) => {
  const growth = growthOf(table, slot);
  if (growth === undefined) return;
  const mode = label(group, 'mode');
  found.cpuSeconds += growth;
  if (mode === 'idle' || mode === 'iowait') found.idleSeconds += growth;
};

/** What is made of each metric. */
const takers: ReadonlyMap<string, Take> = new Map<string, Take>([
  ['node_memory_MemTotal_bytes', single],
  ['node_memory_MemAvailable_bytes', single],
  ['node_boot_time_seconds', single],
  ['node_cpus_online', single],
  ['node_load1', single],
  ['node_network_receive_bytes_total', rate],
  ['node_network_transmit_bytes_total', rate],
  ['node_disk_read_bytes_total', rate],
  ['node_disk_written_bytes_total', rate],
  ['node_cpu_seconds_total', cpu],
  ['node_filesystem_size_bytes', ({ sizes }, table, slot, group) => void sizes.set(label(group, 'mountpoint'), table.latest.value(slot))],
  ['node_filesystem_avail_bytes', ({ free }, table, slot, group) => void free.set(label(group, 'mountpoint'), table.latest.value(slot))],
  ['node_hwmon_temp_celsius', (found, table, slot, group) => hotter(found, label(group, 'chip'), table.latest.value(slot))],
  ['node_thermal_zone_temp', (found, table, slot, group) => hotter(found, label(group, 'type'), table.latest.value(slot))],
]);

// A counter that fell was reset; it says nothing of this interval.
function growthOf(table: SeriesTable, slot: number): number | undefined {
  const growth = table.latest.value(slot) - table.latest.previousValue(slot);
  return Number.isFinite(table.latest.time(slot) - table.latest.previousTime(slot)) && growth >= 0 ? growth : undefined;
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
