import { Unavailable } from '../../../contract/errors.ts';
import type { Host } from '../../../host.ts';
import { openValue } from '../../../kept-value.ts';
import type { KeptValue } from '../../../kept-value.ts';

/** A file of one number, and the metric that it becomes. */
export interface FileValue {
  readonly metric: string;
  readonly path: string;
  /** The file's number in the metric's unit; NaN where it stands for none. */
  readonly as: (raw: number) => number;
}

/** Files of one card, kept open. */
export interface FileValues {
  /** Reads every file into `values`; what cannot be read now is left out. */
  read(values: Record<string, number>): void;
  close(): void;
}

/** Opens those of the files that are there. Of two for one metric, the first that has a value stands. */
export function openFileValues(host: Host, files: readonly FileValue[]): FileValues {
  const open = files.flatMap((file) => {
    const value = openIfThere(host, file.path);
    return value === undefined ? [] : [{ ...file, value }];
  });
  return {
    read(values) {
      for (const { metric, as, value } of open) {
        if (Object.hasOwn(values, metric)) continue;
        const number = as(value.read());
        if (!Number.isNaN(number)) values[metric] = number;
      }
    },
    close() {
      for (const { value } of open) value.close();
    },
  };
}

function openIfThere(host: Host, path: string): KeptValue | undefined {
  try {
    return openValue(host, path);
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}

/** Numbers as they are. */
export const same = (raw: number): number => raw;
/** Of hwmon's millidegrees, and of millivolts. */
export const milli = (raw: number): number => raw / 1e3;
/** Of hwmon's microwatts and microjoules. */
export const micro = (raw: number): number => raw / 1e6;
/** Of the drivers' MHz. */
export const mega = (raw: number): number => raw * 1e6;
/** Of a percentage; more than all is no share. */
export const percent = (raw: number): number => (raw > 100 ? Number.NaN : raw / 100);
/** A limit: drivers write 0 where there is none. */
export const limit = (raw: number): number => (raw > 0 ? raw / 1e6 : Number.NaN);

// Gigatransfers a second by generation of PCI Express.
const GENERATIONS = [2.5, 5, 8, 16, 32, 64];

const generation = (raw: number): number => GENERATIONS.indexOf(raw) + 1 || Number.NaN;
// 255 is what a device that does not answer seems to say.
const lanes = (raw: number): number => (raw > 0 && raw < 255 ? raw : Number.NaN);

/** How the kernel writes a card's PCIe link (Documentation/ABI/testing/sysfs-bus-pci): `8.0 GT/s PCIe` and lanes. */
export function linkFiles(device: string): readonly FileValue[] {
  return [
    { metric: 'gpu_pcie_link_generation', path: `${device}/current_link_speed`, as: generation },
    { metric: 'gpu_pcie_link_generation_max', path: `${device}/max_link_speed`, as: generation },
    { metric: 'gpu_pcie_link_width', path: `${device}/current_link_width`, as: lanes },
    { metric: 'gpu_pcie_link_width_max', path: `${device}/max_link_width`, as: lanes },
  ];
}
