import type { NodeSummary } from '../../collector/api/nodes.ts';
import { coresOf, disksOf, interfacesOf } from './node-parts.ts';
import type { Reading } from './reading.ts';

/**
 * A summary whose rates are those of the reading, so that a node's totals agree with its parts: both are over the time
 * between two polls, where the summary's own are over the node's last two samples.
 */
export function withReading(node: NodeSummary, reading: Reading): NodeSummary {
  const cores = coresOf(reading).map(({ busy }) => busy);
  const interfaces = interfacesOf(reading).filter(({ device }) => device !== 'lo');
  const disks = disksOf(reading);
  return {
    ...node,
    cpuRatio: cores.length > 0 && cores.every((busy) => busy !== null) ? total(cores) / cores.length : node.cpuRatio,
    networkReceiveRate: totalOr(
      interfaces.map(({ received }) => received),
      node.networkReceiveRate,
    ),
    networkTransmitRate: totalOr(
      interfaces.map(({ sent }) => sent),
      node.networkTransmitRate,
    ),
    diskReadRate: totalOr(
      disks.map(({ read }) => read),
      node.diskReadRate,
    ),
    diskWriteRate: totalOr(
      disks.map(({ written }) => written),
      node.diskWriteRate,
    ),
  };
}

function totalOr(rates: readonly (number | null)[], otherwise: number | null): number | null {
  return rates.some((rate) => rate !== null) ? total(rates) : otherwise;
}

function total(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}
