import { Unavailable } from '../../contract/errors.ts';
import type { Host } from '../../host.ts';
import { looseValue, openValue } from '../../kept-value.ts';
import type { KeptValue } from '../../kept-value.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { readNumber, cursor } from '../../scan.ts';
import { counters, portMetrics } from './metrics.ts';
import type { PortCounter } from './metrics.ts';

/** Where the kernel lists adapters of InfiniBand, Omni-Path and RoCE. */
export const INFINIBAND = '/sys/class/infiniband';

/** A port of an adapter, by its names in {@link INFINIBAND}. */
export interface PortName {
  readonly device: string;
  readonly port: string;
}

/** A port that is read. */
export interface Port {
  /** Sets the traffic counters, from files that are kept open; whether each of them answered. */
  readTraffic(): boolean;
  /** Sets everything else, from files opened for this. */
  readHealth(): void;
  close(): void;
  end(): void;
}

/** Every port of every adapter, in order. */
export function findPorts(host: Host): readonly PortName[] {
  return host
    .list(INFINIBAND)
    .flatMap((device) => host.list(`${INFINIBAND}/${device}/ports`).map((port) => ({ device, port })))
    .filter(({ port }) => /^\d+$/.test(port));
}

// A counter of 32 bits stays at its greatest number instead of wrapping (IBTA, PortCounters), and then tells nothing any more.
const SATURATED = 0xffff_ffff;
// IBTA rates are in Gb/s of 1000: `100 Gb/sec (4X EDR)`.
const BYTES_PER_GBIT = 125_000_000;

interface OpenCounter {
  readonly series: Series;
  readonly value: KeptValue;
  readonly times: number;
}

/** Opens what a port has; adapters differ in it (hfi1 and irdma lack counters that mlx5 has). */
export function openPort(host: Host, series: SamplerContext<unknown>['series'], name: PortName): Port {
  const folder = `${INFINIBAND}/${name.device}/ports/${name.port}`;
  const has = new Set(
    ['counters', 'counters_ext', 'hw_counters'].flatMap((sub) => host.list(`${folder}/${sub}`).map((file) => `${sub}/${file}`)),
  );
  const open = (counter: PortCounter): readonly OpenCounter[] => {
    if (!has.has(counter.file)) return [];
    const value = openCounter(host, `${folder}/${counter.file}`, counter.traffic);
    return value === undefined ? [] : [{ series: series(counter.metric, { ...name }), value, times: counter.times }];
  };
  const traffic = counters.filter((counter) => counter.traffic).flatMap(open);
  const health = counters.filter((counter) => !counter.traffic).flatMap(open);
  const state = series(portMetrics.node_infiniband_state_id, { ...name });
  const physical = series(portMetrics.node_infiniband_physical_state_id, { ...name });
  const rate = series(portMetrics.node_infiniband_rate_bytes_per_second, { ...name });
  return {
    readTraffic() {
      let answered = true;
      for (const counter of traffic) if (!readCounter(counter)) answered = false;
      return answered;
    },
    readHealth() {
      for (const counter of health) readCounter(counter);
      state.set(leading(host.text(`${folder}/state`)));
      physical.set(leading(host.text(`${folder}/phys_state`)));
      rate.set(leading(host.text(`${folder}/rate`)) * BYTES_PER_GBIT);
    },
    close() {
      for (const { value } of [...traffic, ...health]) value.close();
    },
    end() {
      for (const one of [...traffic, ...health]) one.series.end();
      for (const one of [state, physical, rate]) one.end();
    },
  };
}

function openCounter(host: Host, path: string, keep: boolean): KeptValue | undefined {
  if (!keep) return looseValue(host, path);
  try {
    return openValue(host, path);
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}

function readCounter({ series, value, times }: OpenCounter): boolean {
  const raw = value.read();
  series.set(raw === SATURATED || raw < 0 ? Number.NaN : raw * times);
  return !Number.isNaN(raw);
}

/** The number that a text begins with: 4 of `4: ACTIVE`. */
function leading(text: string | undefined): number {
  return readNumber(cursor(Buffer.from(text ?? '')));
}
