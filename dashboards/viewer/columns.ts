import type { NodeSummary } from '../../collector/api/nodes.ts';
import type { Shown } from './dom.ts';
import { byteRate, bytes, celsius, duration, percent, UNKNOWN, whole } from './format.ts';
import { loadTone } from './load-band.ts';
import { notesOf } from './notes.ts';

/** A column of the node list. */
export interface Column {
  readonly id: string;
  readonly title: string;
  /** What is to be known of its numbers. */
  readonly help: string;
  /** Whether the first click puts the greatest first. */
  readonly greatestFirst: boolean;
  key(node: NodeSummary): number | string | null;
  show(node: NodeSummary): Shown;
}

const WORST_FIRST = { down: 0, late: 1, alive: 2 } as const;

/** The columns in their order. */
export const columns: readonly Column[] = [
  {
    id: 'state',
    title: 'State',
    help: 'alive: posts come as they used to; late: none for 1.5 of its periods; down: none for 3',
    greatestFirst: false,
    // One that has something to be told comes before those that do not.
    key: (node) => WORST_FIRST[node.state] - (notesOf(node) === '' ? 0 : 0.5),
    show: (node) => ({ text: node.state, title: stateTitle(node), tone: `state-${node.state}` }),
  },
  {
    id: 'name',
    title: 'Node',
    help: 'The name under which its agent sends, and its cluster',
    greatestFirst: false,
    key: ({ name }) => name,
    show: ({ name }) => ({ text: name, title: name }),
  },
  {
    id: 'seen',
    title: 'Last seen',
    help: 'Time since a newer sample came, by the collector’s clock',
    greatestFirst: true,
    key: ({ silentSeconds }) => silentSeconds ?? Number.POSITIVE_INFINITY,
    show: ({ silentSeconds }) =>
      silentSeconds === null
        ? { text: 'never', title: 'nothing new has come since the collector started' }
        : { text: silentSeconds < 1 ? 'now' : duration(Math.floor(silentSeconds)).replace('.0', '') },
  },
  live('cpu', 'CPU', 'Share of CPU time that was not idle', (node) => node.cpuRatio, percent, true),
  {
    id: 'load',
    title: 'Load / CPUs',
    help: 'Runnable tasks, mean of a minute, beside the number of CPUs; coloured like Ganglia',
    greatestFirst: true,
    key: ({ load1, cpus, state }) => (load1 === null || state === 'down' ? null : load1 / (cpus ?? 1)),
    show: (node) => ({
      ...number(node, node.load1, (value) => `${value.toFixed(value < 100 ? 1 : 0)} / ${node.cpus ?? '?'}`),
      tone: loadTone(node) ?? 'load-none',
    }),
  },
  {
    ...live('memory', 'Memory', 'Used (total less available), and total', memoryRatio, percent, true),
    show: (node) => ({
      ...number(node, node.memoryUsedBytes, (used) => `${bytes(used)} / ${bytes(node.memoryTotalBytes ?? 0)}`),
      ratio: node.state === 'down' ? null : memoryRatio(node),
    }),
  },
  {
    ...live('filesystem', 'Fullest disk', 'The fullest file system', (node) => node.filesystem?.usedRatio ?? null, percent, true),
    show: (node) => ({
      ...number(node, node.filesystem?.usedRatio ?? null, (used) => `${percent(used)} ${node.filesystem?.mountpoint ?? ''}`),
      ratio: node.state === 'down' ? null : (node.filesystem?.usedRatio ?? null),
      tone: node.state !== 'down' && (node.filesystem?.usedRatio ?? 0) > 0.9 ? 'high' : undefined,
      ...(node.state !== 'down' && node.filesystem !== null ? { title: node.filesystem.mountpoint } : {}),
    }),
  },
  live('in', 'Net in', 'Bytes received per second, loopback left out', (node) => node.networkReceiveRate, byteRate),
  live('out', 'Net out', 'Bytes sent per second, loopback left out', (node) => node.networkTransmitRate, byteRate),
  live('read', 'Disk read', 'Bytes read from disks per second', (node) => node.diskReadRate, byteRate),
  live('write', 'Disk write', 'Bytes written to disks per second', (node) => node.diskWriteRate, byteRate),
  {
    ...live('temperature', 'Hottest', 'The hottest temperature sensor', (node) => node.temperature?.celsius ?? null, celsius),
    show: (node) => {
      const shown = number(node, node.temperature?.celsius ?? null, celsius, 'it sends no temperature');
      return node.temperature === null || node.state === 'down' ? shown : { ...shown, title: node.temperature.sensor };
    },
  },
  live('uptime', 'Uptime', 'Since it booted', (node) => node.uptimeSeconds, duration),
  {
    id: 'series',
    title: 'Series',
    help: 'Time series the collector holds of it',
    greatestFirst: true,
    key: ({ series }) => series,
    show: ({ series }) => ({ text: whole(series) }),
  },
];

/** What is to be said of a node's state. */
export function stateTitle({ silentSeconds, periodSeconds }: NodeSummary): string {
  const usually = `it usually sends every ${duration(periodSeconds)}`;
  return silentSeconds === null
    ? 'nothing new has come since the collector started'
    : `last seen ${duration(silentSeconds)} ago; ${usually}`;
}

function live(
  id: string,
  title: string,
  help: string,
  valueOf: (node: NodeSummary) => number | null,
  format: (value: number) => string,
  bar = false,
): Column {
  return {
    id,
    title,
    help,
    greatestFirst: true,
    key: (node) => (node.state === 'down' ? null : valueOf(node)),
    show: (node) => {
      const value = valueOf(node);
      return { ...number(node, value, format), ...(bar ? { ratio: node.state === 'down' ? null : value } : {}) };
    },
  };
}

// A node that is down has no numbers; the last ones are told as such.
function number(node: NodeSummary, value: number | null, format: (value: number) => string, lack = 'it does not send this'): Shown {
  if (value === null) return { text: UNKNOWN, title: node.state === 'down' ? 'the node is down' : `unknown: ${lack}, or only once so far` };
  if (node.state === 'down') return { text: UNKNOWN, title: `the node is down; the last was ${format(value)}` };
  return { text: format(value) };
}

function memoryRatio({ memoryTotalBytes, memoryUsedBytes }: NodeSummary): number | null {
  return memoryTotalBytes === null || memoryUsedBytes === null || memoryTotalBytes <= 0 ? null : memoryUsedBytes / memoryTotalBytes;
}
