import { Unavailable } from '../../contract/errors.ts';
import type { Host, KeptFile } from '../../host.ts';
import { readNumber, skipBlanks, skipWord } from '../../scan.ts';
import { plausible } from './source.ts';
import type { PowerSource } from './source.ts';

/** HPE Cray's counters of a node (docs-csm: "User access to compute node power data"), refreshed ten times a second, for everybody to read. */
export const PM_COUNTERS = '/sys/cray/pm_counters';

/** Opens them; the node's power includes its accelerators. Throws `Unavailable` where there are none. */
export function openPmCounters(host: Host): PowerSource {
  const files = host.list(PM_COUNTERS);
  const open = (name: string): PmCounter | undefined => (files.includes(name) ? openPmCounter(host, name) : undefined);
  const power = open('power');
  const energy = open('energy');
  if (power === undefined) throw new Unavailable(`no power in ${host.path(PM_COUNTERS)}`);
  const components = partsOf(files).map((name) => ({
    name,
    watts: Number.NaN,
    joules: Number.NaN,
    counters: { power: open(`${name}_power`), energy: open(`${name}_energy`) },
  }));
  const reading = { at: 0, watts: Number.NaN, joules: Number.NaN, components };
  let stamp = Number.NaN;
  return {
    name: 'pm_counters',
    counts: energy !== undefined,
    tellsParts: true,
    periodMs: 0,
    read(now) {
      reading.at = now;
      reading.watts = plausible(power.read());
      reading.joules = energy?.read() ?? Number.NaN;
      // What has the time of the reading before is that reading: the blade's controller has stopped.
      if (power.stamp() === stamp) return undefined;
      stamp = power.stamp();
      for (const part of components) {
        // An accelerator that is not there has counters, too: of 0.
        part.watts = plausible(part.counters.power?.read() ?? Number.NaN);
        part.joules = part.counters.energy?.read() || Number.NaN;
      }
      return reading;
    },
    close() {
      for (const counter of [power, energy, ...components.flatMap(({ counters }) => [counters.power, counters.energy])]) counter?.close();
    },
  };
}

// `accel` is all of `accel0`, `accel1`, …, as `cpu` is of `cpu0`, …: the sum is left out where its parts are there, so that parts add up.
function partsOf(files: readonly string[]): readonly string[] {
  const names = files.flatMap((file) => /^((?:cpu|memory|accel)\d*)_power$/.exec(file)?.[1] ?? []);
  return names.filter((name) => !names.some((other) => other !== name && /^\d+$/.test(other.slice(name.length)) && other.startsWith(name)));
}

interface PmCounter {
  /** The value of `900 W 1700000000000000 us`; NaN where it cannot be read. */
  read(): number;
  /** The time that stood behind it, in microseconds; NaN where there is none. */
  stamp(): number;
  close(): void;
}

function openPmCounter(host: Host, name: string): PmCounter {
  const file: KeptFile = host.open(`${PM_COUNTERS}/${name}`, 64);
  let stamp = Number.NaN;
  return {
    read() {
      stamp = Number.NaN;
      try {
        const text = file.read();
        const value = readNumber(text);
        skipBlanks(text);
        skipWord(text);
        stamp = readNumber(text);
        return value >= 0 ? value : Number.NaN;
      } catch (error) {
        // The driver answers with an error while the controller starts again.
        if (error instanceof Error && 'code' in error) return Number.NaN;
        throw error;
      }
    },
    stamp: () => stamp,
    close: () => file.close(),
  };
}
