import { readSync } from 'node:fs';
import { decodeHeader, HEADER_BYTES, MAGIC } from './record.ts';
import type { Header } from './record.ts';

/** A record found in a segment, and where. */
export interface FoundRecord extends Header {
  readonly offset: number;
}

const WINDOW_BYTES = 65_536;

/**
 * Walks a segment of `size` bytes record by record, whatever is in it, and answers how many records were passed over as
 * damaged: told by the gap in the sequence, or one where nothing tells. Payloads are not read.
 */
export function scanSegment(fd: number, size: number, found: (record: FoundRecord) => void): number {
  const window = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, size));
  let windowAt = 0;
  let windowEnd = 0;
  const load = (at: number): void => {
    windowAt = at;
    windowEnd = at + readSync(fd, window, 0, window.length, at);
  };
  const headerAt = (at: number): Header | undefined => {
    if (at < windowAt || at + HEADER_BYTES > windowEnd) load(at);
    return decodeHeader(window.subarray(0, windowEnd - windowAt), at - windowAt);
  };
  const nextMagic = (from: number): number => {
    for (let at = from; at < size; at = Math.max(at + 1, windowEnd - MAGIC.length + 1)) {
      if (at < windowAt || at + MAGIC.length > windowEnd) load(at);
      if (windowEnd <= at) break;
      const hit = window.subarray(0, windowEnd - windowAt).indexOf(MAGIC, at - windowAt);
      if (hit >= 0) return windowAt + hit;
    }
    return size;
  };

  let damaged = 0;
  let inDamage = false;
  let sequence: number | undefined;
  for (let at = 0; at < size;) {
    const header = headerAt(at);
    if (header === undefined || at + HEADER_BYTES + header.length > size) {
      inDamage = true;
      at = nextMagic(at + 1);
      continue;
    }
    if (inDamage) damaged += gap(sequence, header.sequence);
    inDamage = false;
    sequence = header.sequence;
    found({ ...header, offset: at });
    at += HEADER_BYTES + header.length;
  }
  return inDamage ? damaged + 1 : damaged;
}

function gap(before: number | undefined, after: number): number {
  return before === undefined || after <= before ? 1 : Math.max(1, after - before - 1);
}
