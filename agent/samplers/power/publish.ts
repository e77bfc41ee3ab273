import type { SamplerContext, Series } from '../../sampler.ts';
import { openIntegral } from './integral.ts';
import type { Integral } from './integral.ts';
import { metrics } from './metrics.ts';
import type { Component, PowerReading, PowerSource, SourceName } from './source.ts';

/** Where the readings of the source in use become series; those of another source end first. */
export interface Publisher {
  node(source: PowerSource, reading: PowerReading): void;
  /** The parts of the node as `origin` tells them. */
  parts(origin: string, components: readonly Component[]): void;
}

interface NodeSeries {
  readonly name: SourceName;
  readonly watts: Series;
  readonly joules: Series;
  readonly integral: Integral;
}

// As many periods may be missed before what was drawn in between is not known any more.
const BRIDGED_PERIODS = 3;

/** How long a gap in watts may be, in milliseconds, so that energy is summed up across it. */
export function bridged(periodMs: number): number {
  // A reading that comes a little late is no gap.
  return Math.max(BRIDGED_PERIODS * periodMs, 15_000);
}

/** A publisher for a sampler that is read every `periodMs`. */
export function openPublisher(series: SamplerContext<unknown>['series'], periodMs: number): Publisher {
  let current: NodeSeries | undefined;
  let partsOf = '';
  let parts = new Map<string, { readonly watts: Series; readonly joules: Series }>();

  const seriesOf = ({ name, periodMs: own }: PowerSource): NodeSeries => {
    if (current?.name === name) return current;
    current?.watts.end();
    current?.joules.end();
    current = {
      name,
      watts: series(metrics.power_node_watts, { source: name }),
      joules: series(metrics.power_node_joules_total, { source: name }),
      integral: openIntegral(bridged(Math.max(periodMs, own))),
    };
    return current;
  };

  return {
    node(source, { at, watts, joules }) {
      const shown = seriesOf(source);
      shown.watts.set(watts);
      if (source.counts) return shown.joules.set(joules);
      shown.integral.add(at, watts);
      if (!Number.isNaN(watts)) shown.joules.set(shown.integral.joules);
    },
    parts(origin, components) {
      if (origin !== partsOf) {
        for (const { watts, joules } of parts.values()) {
          watts.end();
          joules.end();
        }
        parts = new Map();
        partsOf = origin;
      }
      for (const { name, watts, joules } of components) {
        let part = parts.get(name);
        if (part === undefined) {
          part = {
            watts: series(metrics.power_component_watts, { component: name }),
            joules: series(metrics.power_component_joules_total, { component: name }),
          };
          parts.set(name, part);
        }
        part.watts.set(watts);
        part.joules.set(joules);
      }
    },
  };
}
