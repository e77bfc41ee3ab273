import { Unavailable } from '../../contract/errors.ts';
import type { GpuWatts } from './gpu-watts.ts';
import type { RaplPower } from './rapl-power.ts';
import { plausible } from './source.ts';
import type { PowerSource } from './source.ts';

const nothing = (): void => undefined;

/** The platform as the CPU counts it. RAPL is read before it and closed by whoever opened it. Throws `Unavailable` where it is not counted. */
export function openPlatform(rapl: RaplPower): PowerSource {
  const { platform } = rapl;
  if (platform === undefined) throw new Unavailable('RAPL has no psys');
  const reading = { at: 0, watts: Number.NaN, joules: Number.NaN, components: [] };
  return {
    name: 'psys',
    counts: true,
    tellsParts: false,
    periodMs: 0,
    read(now) {
      reading.at = now;
      // Many boards do not wire it up: what is less than its own packages is not the platform.
      reading.watts = platform.watts >= rapl.watts ? platform.watts : Number.NaN;
      reading.joules = platform.joules;
      return reading;
    },
    close: nothing,
  };
}

/** CPUs, memory and GPUs added up: less than the node, since fans, disks, network and losses are not in it. RAPL is read before it. */
export function openEstimate(rapl: RaplPower, gpus: GpuWatts): PowerSource {
  const reading = { at: 0, watts: Number.NaN, joules: Number.NaN, components: [] };
  return {
    name: 'estimate',
    counts: true,
    tellsParts: false,
    periodMs: 0,
    read(now) {
      gpus.read(now);
      reading.at = now;
      reading.watts = plausible(rapl.watts + gpus.watts);
      reading.joules = Number.isNaN(reading.watts) ? Number.NaN : rapl.joules + gpus.joules;
      return reading;
    },
    close: nothing,
  };
}
