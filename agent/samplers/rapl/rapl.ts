import { Unavailable } from '../../contract/errors.ts';
import type { Host } from '../../host.ts';
import { FORBIDDEN, LOAD_RAPL } from './access.ts';
import { openEnergy } from './energy.ts';
import type { Energy } from './energy.ts';
import { findZones, POWERCAP } from './zones.ts';
import type { Zone } from './zones.ts';

/** The zones whose counters may be read, read together. */
export interface Rapl {
  readonly energies: readonly Energy[];
  /** Reads every zone. Between two calls they are read by themselves, often enough that no wrap is missed. */
  read(): void;
  close(): void;
}

// The fastest register (65 kJ) wraps in 130 s at 500 W, and an interval counts up to half of that. The timer looks twice in the time.
const READ_AT_LEAST_MS = 30_000;

/** Opens RAPL. Throws `Unavailable`, with what would mend it, where there is none or none of it may be read. */
export function openRapl(host: Host): Rapl {
  const zones = findZones(host);
  if (zones.length === 0) throw new Unavailable(`no RAPL in ${host.path(POWERCAP)}; \`${LOAD_RAPL}\` loads it where the CPU has it`);
  const energies = zones.flatMap((zone) => openIfAllowed(host, zone));
  if (energies.length === 0) throw new Unavailable(`cannot read energy_uj in ${host.path(POWERCAP)}; ${FORBIDDEN}`);
  let readAt = Number.NEGATIVE_INFINITY;
  const read = (): void => {
    readAt = host.now();
    for (const energy of energies) energy.read(readAt);
  };
  // A period may be longer than a register takes to wrap.
  const timer = setInterval(() => {
    if (Math.abs(host.now() - readAt) >= READ_AT_LEAST_MS) read();
  }, READ_AT_LEAST_MS / 2);
  timer.unref();
  return {
    energies,
    read,
    close() {
      clearInterval(timer);
      for (const energy of energies) energy.close();
    },
  };
}

function openIfAllowed(host: Host, zone: Zone): readonly Energy[] {
  try {
    return [openEnergy(host, zone)];
  } catch (error) {
    if (error instanceof Unavailable) return [];
    throw error;
  }
}
