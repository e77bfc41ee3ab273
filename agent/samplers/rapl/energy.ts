import type { Host } from '../../host.ts';
import { openValue } from '../../kept-value.ts';
import { MICRO } from './zones.ts';
import type { Zone } from './zones.ts';

/** A zone's energy as a counter that goes on where the register starts again. */
export interface Energy {
  readonly zone: Zone;
  /** Joules at the last reading, from where the register stood at opening; NaN where it could not be read. */
  readonly joules: number;
  /** How often it was not known how much was drawn between two readings: then the counter has less than that, and watts are not known. */
  readonly breaks: number;
  /** Reads the register; `now` in milliseconds. */
  read(now: number): void;
  close(): void;
}

// Packages exceed their TDP for seconds (PL2, four times that of some), and a register that was reset (suspend) looks like one that wrapped: what would have
// needed more than this many times the TDP was no wrap.
const BEYOND_TDP = 5;

/** Opens a zone's counter. Throws `Unavailable` where it may not be read. */
export function openEnergy(host: Host, zone: Zone): Energy {
  const value = openValue(host, `${zone.path}/energy_uj`);
  const halfWrapMs = (zone.rangeJoules / zone.tdpWatts / 2) * 1000;
  let joules = Number.NaN;
  let breaks = 0;
  let last = Number.NaN;
  let lastAt = Number.NaN;
  let offset = 0;

  // After a longer time the register may have gone round more than once. A clock set back makes it a time that is not known.
  const isShort = (passedMs: number): boolean => passedMs > 0 && !(passedMs > halfWrapMs);
  const goneRound = (register: number, passedMs: number): void => {
    const gained = zone.rangeJoules - last + register;
    const wrapped = isShort(passedMs) && gained >= 0 && gained <= (zone.tdpWatts * BEYOND_TDP * passedMs) / 1000;
    if (!wrapped) breaks++;
    offset += last - register + (wrapped ? gained : 0);
  };

  return {
    zone,
    get joules() {
      return joules;
    },
    get breaks() {
      return breaks;
    },
    read(now) {
      const register = value.read() / MICRO;
      joules = Number.NaN;
      if (!(register >= 0)) return;
      if (register < last) goneRound(register, now - lastAt);
      else if (!Number.isNaN(last) && !isShort(now - lastAt)) breaks++;
      last = register;
      lastAt = now;
      joules = register + offset;
    },
    close: () => value.close(),
  };
}
