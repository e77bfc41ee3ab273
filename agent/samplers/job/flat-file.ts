import { firstWordEnd, readCount } from '../../cells.ts';
import { COLON } from '../../contract/ascii.ts';
import { keptRows } from '../../kept-rows.ts';
import type { Table } from '../../kept-rows.ts';
import type { Cursor } from '../../scan.ts';

/**
 * Reads files of lines `key number` (memory.stat, cpu.stat, memory.events) for the first numbers of these keys; NaN for what is not there.
 * The answer is the same object each time, overwritten by the next read. One reader serves the files of all jobs, whose keys stand alike.
 */
export function flatFile<const Key extends string>(
  keys: readonly Key[],
  keyEnd: Table['keyEnd'] = firstWordEnd,
): (c: Cursor) => Readonly<Record<Key, number>> {
  const values = Object.fromEntries(keys.map((key) => [key, Number.NaN])) as Record<Key, number>;
  const rows = keptRows({
    keyEnd,
    open(text) {
      const key = keys.find((candidate) => text.trim() === candidate);
      if (key === undefined) return undefined;
      return { read: (c) => void (values[key] = readCount(c)), end: () => undefined };
    },
  });
  return (c) => {
    for (const key of keys) values[key] = Number.NaN;
    rows.read(c);
    return values;
  };
}

/** The key of a line is what stands before its first colon, that included (`VmRSS:\t  123 kB`). */
export function colonEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === COLON) return at + 1;
  return start;
}
