import type { Host } from './host.ts';
import { readCell } from './cells.ts';

/** One number in a file of /sys that is kept open. */
export interface KeptValue {
  /** The number, or NaN where it cannot be read now (a sensor asleep, a device unplugged) or is none. */
  read(): number;
  close(): void;
}

/** Opens a file of one number. Throws `Unavailable` where it is missing or may not be read. */
export function openValue(host: Host, path: string): KeptValue {
  const file = host.open(path, 64);
  return {
    read() {
      try {
        return readCell(file.read());
      } catch (error) {
        // A driver may answer a read with any error it likes (EIO, ENODATA, EAGAIN, ENODEV): each is a gap for this value only.
        if (error instanceof Error && 'code' in error) return Number.NaN;
        throw error;
      }
    },
    close: () => file.close(),
  };
}

/** One number in a file that is opened for each reading, for what is read too seldom to keep it open. */
export function looseValue(host: Host, path: string): KeptValue {
  return {
    read() {
      const text = host.text(path) ?? '';
      return NUMBER.test(text) ? Number(text) : Number.NaN;
    },
    close: () => undefined,
  };
}

const NUMBER = /^-?\d+(\.\d+)?$/;
