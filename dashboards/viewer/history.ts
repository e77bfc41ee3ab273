import type { NodeSummary } from '../../collector/api/nodes.ts';

/** What is remembered of each node between polls. */
export const tracks = [
  'cpuRatio',
  'load1',
  'memoryUsedBytes',
  'networkReceiveRate',
  'networkTransmitRate',
  'diskReadRate',
  'diskWriteRate',
  'celsius',
] as const;

/** A number of a node that the page keeps a line of. */
export type Track = (typeof tracks)[number];

/** A point of a line: when, in milliseconds, and how much; NaN where it was not known. */
export type Point = readonly [number, number];

/** The last few minutes of what was polled, kept in the browser. */
export interface History {
  /** Takes one poll's answer. */
  note(nodes: readonly NodeSummary[], at: number): void;
  /** Oldest first. */
  points(node: string, track: Track): Point[];
}

/** Five minutes of polls every 2 s; at 2 000 nodes 10 MB. */
const KEPT = 150;

/** An empty history. */
export function history(): History {
  const times = new Float64Array(KEPT).fill(Number.NaN);
  let values = new Map<string, Float32Array>();
  let at = -1;
  return {
    note(nodes, time) {
      at = (at + 1) % KEPT;
      times[at] = time;
      const kept = new Map<string, Float32Array>();
      for (const node of nodes) {
        const of = values.get(node.name) ?? new Float32Array(KEPT * tracks.length).fill(Number.NaN);
        tracks.forEach((track, index) => {
          of[index * KEPT + at] = node.state === 'down' ? Number.NaN : (valueOf(node, track) ?? Number.NaN);
        });
        kept.set(node.name, of);
      }
      values = kept;
    },
    points(node, track) {
      const of = values.get(node);
      const first = tracks.indexOf(track) * KEPT;
      const points: Point[] = [];
      for (let step = 1; step <= KEPT; step++) {
        const index = (at + step) % KEPT;
        const time = times[index] ?? Number.NaN;
        if (of !== undefined && !Number.isNaN(time)) points.push([time, of[first + index] ?? Number.NaN]);
      }
      return points;
    },
  };
}

function valueOf(node: NodeSummary, track: Track): number | null {
  return track === 'celsius' ? (node.temperature?.celsius ?? null) : node[track];
}
