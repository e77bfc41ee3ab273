import type { Host } from '../../host.ts';
import type { Energy } from '../rapl/energy.ts';
import { openRapl } from '../rapl/rapl.ts';
import { componentOf, findZones } from '../rapl/zones.ts';
import { plausible } from './source.ts';
import type { Component } from './source.ts';

/** Watts and joules of the node as far as RAPL counts them. */
export interface RaplPower {
  /** Packages, and their memory where it is counted apart. */
  readonly components: readonly Component[];
  /** What the components draw together; NaN where one is not known. */
  readonly watts: number;
  /** Joules of the components since opening, as far as they are known. */
  readonly joules: number;
  /** The whole platform, where the CPU counts it; undefined where it does not. */
  readonly platform: Component | undefined;
  /** Reads the counters; watts are known from the second reading on. */
  read(now: number): void;
  close(): void;
}

/** Opens RAPL for reading watts. Throws `Unavailable`, with what would mend it, where it may not be read. */
export function openRaplPower(host: Host): RaplPower {
  const rapl = openRapl(host);
  const zones = findZones(host);
  const parts = rapl.energies.flatMap((energy) => {
    const name = componentOf(energy.zone, zones);
    return name === undefined ? [] : [openPart(name, energy)];
  });
  const platform = rapl.energies.filter(({ zone }) => zone.name === 'psys').map((energy) => openPart('psys', energy))[0];
  let watts = Number.NaN;
  let joules = 0;
  return {
    components: parts,
    get watts() {
      return watts;
    },
    get joules() {
      return joules;
    },
    platform,
    read(now) {
      rapl.read();
      watts = parts.length === 0 ? Number.NaN : 0;
      for (const part of parts) {
        part.take(now);
        watts += part.watts;
        joules += part.gained;
      }
      platform?.take(now);
      watts = plausible(watts);
    },
    close: () => rapl.close(),
  };
}

interface Part extends Component {
  /** Joules since the reading before that could be read; 0 where that is not known. */
  gained: number;
  watts: number;
  joules: number;
  take(now: number): void;
}

function openPart(name: string, energy: Energy): Part {
  let last = Number.NaN;
  let lastAt = Number.NaN;
  let breaks = 0;
  const part: Part = {
    name,
    watts: Number.NaN,
    joules: Number.NaN,
    gained: 0,
    take(now) {
      const { joules } = energy;
      part.joules = joules;
      part.watts = Number.NaN;
      part.gained = 0;
      if (Number.isNaN(joules)) return;
      if (!Number.isNaN(last)) part.gained = joules - last;
      // What was drawn over a break is not known; nor is it where the clock has gone back.
      if (energy.breaks === breaks && now > lastAt) part.watts = plausible(part.gained / ((now - lastAt) / 1000));
      last = joules;
      lastAt = now;
      ({ breaks } = energy);
    },
  };
  return part;
}
