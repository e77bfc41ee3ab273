import type { NodeSummary } from '../../collector/api/nodes.ts';
import { cell, make } from './dom.ts';
import { byteRate, bytes, celsius, percent, UNKNOWN } from './format.ts';
import type { History, Track } from './history.ts';
import type { Reading } from './reading.ts';
import { sparkline } from './sparkline.ts';

/** A big number of a node with its last minutes. */
interface Card {
  readonly title: string;
  readonly tracks: readonly Track[];
  big(node: NodeSummary): string;
  /** What the big number is of, where there are two. */
  readonly of?: string;
  small(node: NodeSummary, reading: Reading | undefined): string;
  /** What the top of the line stands for; the greatest value drawn where it is undefined. */
  top(node: NodeSummary): number | undefined;
}

const cards: readonly Card[] = [
  {
    title: 'CPU',
    tracks: ['cpuRatio'],
    big: ({ cpuRatio }) => known(cpuRatio, percent),
    small: ({ cpus }, reading) => joined(cpus === null ? '' : `of ${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`, pressure(reading, 'cpu')),
    top: () => 1,
  },
  {
    title: 'Load',
    tracks: ['load1'],
    big: ({ load1 }) => known(load1, (load) => load.toFixed(2)),
    small: (_node, reading) => {
      const [five, fifteen] = [reading?.one('node_load5') ?? null, reading?.one('node_load15') ?? null];
      return five === null || fifteen === null ? '1 min' : `1 min · ${five.toFixed(2)} in 5 · ${fifteen.toFixed(2)} in 15`;
    },
    top: () => undefined,
  },
  {
    title: 'Memory',
    tracks: ['memoryUsedBytes'],
    big: ({ memoryUsedBytes }) => known(memoryUsedBytes, bytes),
    small: ({ memoryTotalBytes }, reading) =>
      joined(memoryTotalBytes === null ? '' : `of ${bytes(memoryTotalBytes)}`, swap(reading), pressure(reading, 'memory')),
    top: ({ memoryTotalBytes }) => memoryTotalBytes ?? undefined,
  },
  {
    title: 'Network',
    tracks: ['networkReceiveRate', 'networkTransmitRate'],
    of: 'in',
    big: ({ networkReceiveRate }) => known(networkReceiveRate, byteRate),
    small: ({ networkTransmitRate }) => known(networkTransmitRate, (rate) => `${byteRate(rate)} out`),
    top: () => undefined,
  },
  {
    title: 'Disks',
    tracks: ['diskReadRate', 'diskWriteRate'],
    of: 'read',
    big: ({ diskReadRate }) => known(diskReadRate, byteRate),
    small: ({ diskWriteRate }, reading) =>
      joined(
        known(diskWriteRate, (rate) => `${byteRate(rate)} written`),
        pressure(reading, 'io'),
      ),
    top: () => undefined,
  },
  {
    title: 'Hottest',
    tracks: ['celsius'],
    big: ({ temperature }) => known(temperature?.celsius ?? null, celsius),
    small: ({ temperature }) => temperature?.sensor ?? 'this node sends no temperature',
    top: () => 100,
  },
];

/** The big numbers of one node. */
export function cardGrid(): { readonly element: HTMLElement; show(node: NodeSummary, reading: Reading | undefined, past: History): void } {
  const made = cards.map((card) => {
    const big = cell('big');
    const small = cell('small');
    const spark = sparkline(card.tracks.length);
    const element = make(
      'article',
      'card',
      make('h3', '', card.title),
      make('p', 'number', big.element, card.of ?? ''),
      small.element,
      spark.element,
    );
    return { card, big, small, spark, element };
  });
  return {
    element: make('div', 'cards', ...made.map(({ element }) => element)),
    show(node, reading, past) {
      for (const { card, big, small, spark } of made) {
        const text = card.big(node);
        big.show({ text, ...(text === UNKNOWN ? { title: 'unknown: the node does not send it, or only once so far' } : {}) });
        small.show({ text: card.small(node, reading) });
        const lines = card.tracks.map((track) => past.points(node.name, track));
        spark.draw(lines, card.top(node) ?? greatest(lines));
      }
    },
  };
}

function greatest(lines: readonly (readonly (readonly [number, number])[])[]): number {
  let most = 0;
  for (const points of lines) for (const [, value] of points) if (value > most) most = value;
  return most > 0 ? most * 1.1 : 1;
}

function known(value: number | null, format: (value: number) => string): string {
  return value === null ? UNKNOWN : format(value);
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '' && part !== UNKNOWN).join(' · ');
}

function swap(reading: Reading | undefined): string {
  const [total, free] = [reading?.one('node_memory_SwapTotal_bytes') ?? null, reading?.one('node_memory_SwapFree_bytes') ?? null];
  return total === null || free === null || total === 0 || total === free ? '' : `${bytes(total - free)} swapped`;
}

// docs.kernel.org/accounting/psi.html: the share of time in which some task waited for it.
function pressure(reading: Reading | undefined, resource: 'cpu' | 'memory' | 'io'): string {
  const name = `node_pressure_${resource}_waiting_seconds_total`;
  const sample = reading?.all(name)[0];
  const waiting = sample === undefined ? null : (reading?.rate(name, sample) ?? null);
  return waiting === null ? '' : `tasks waited ${percent(Math.min(1, waiting))}`;
}
