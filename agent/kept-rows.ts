import { NEWLINE, RETURN } from './contract/ascii.ts';
import { skipIf } from './scan.ts';
import type { Cursor } from './scan.ts';

/** What becomes of one line of a kernel table, round after round. */
export interface Row {
  /** Reads the cells after the key; the cursor stands behind the key and need not reach the end of the line. */
  read(c: Cursor): void;
  /** Ends the series of the line, which has gone. */
  end(): void;
}

/** How a table is understood. */
export interface Table {
  /** The place after the key of the line that starts at `start` and ends before `end`; `start` where the line has no key. */
  keyEnd(bytes: Uint8Array, start: number, end: number): number;
  /** Opens a line seen for the first time, by its key as it stands there; undefined where nothing of it is wanted. The cursor stands behind the key. */
  open(key: string, c: Cursor): Row | undefined;
  /** Told after the lines have been learned anew. */
  learned?(): void;
}

interface Line {
  readonly key: Uint8Array;
  readonly row: Row | undefined;
}

// A key is a name the kernel gives; IFNAMSIZ is 16, a disk's name at most 32 (linux/genhd.h DISK_NAME_LEN). Longer ones are broken files.
const KEY_MAX = 128;

/**
 * Reads a table whose lines stay the same from round to round: it remembers which line is which, compares the key bytes where they
 * are expected, and learns the lines anew only when they differ. A last line without newline is torn and left out.
 */
export function keptRows(table: Table): { read(c: Cursor): void; end(): void } {
  let lines: Line[] = [];

  const learn = (c: Cursor, end: number): void => {
    const before = new Map<string, Line>();
    for (const line of lines) if (line.row !== undefined) before.set(latin1(line.key, 0, line.key.length), line);
    lines = [];
    const seen = new Set<string>();
    for (let start = 0; start < end; start = c.at) {
      const line = lineAt(table, c, start, seen, before);
      lines.push(line);
      line.row?.read(c);
      nextLine(c, end);
    }
    for (const { row } of before.values()) row?.end();
    table.learned?.();
  };

  return {
    read(c) {
      // From a negative place `lastIndexOf` would count from the end of the buffer, which holds an earlier round.
      const end = c.end === 0 ? 0 : c.bytes.lastIndexOf(NEWLINE, c.end - 1) + 1;
      c.end = end;
      c.at = 0;
      let at = 0;
      for (; c.at < end; at++) {
        const line = lines[at];
        if (line === undefined || !skipIf(c, line.key)) return learn(c, end);
        line.row?.read(c);
        nextLine(c, end);
      }
      if (at < lines.length) learn(c, end);
    },
    end() {
      for (const { row } of lines) row?.end();
      lines = [];
    },
  };
}

function lineAt(table: Table, c: Cursor, start: number, seen: Set<string>, before: Map<string, Line>): Line {
  let stop = c.bytes.indexOf(NEWLINE, start);
  if (c.bytes[stop - 1] === RETURN) stop--;
  const keyEnd = table.keyEnd(c.bytes, start, stop);
  const known = keyEnd > start && keyEnd - start <= KEY_MAX;
  // A line without key is remembered by its beginning, so that it is noticed when it becomes another.
  const end = known ? keyEnd : Math.min(stop, start + KEY_MAX);
  const key = latin1(c.bytes, start, end);
  c.at = end;
  const kept = before.get(key);
  if (kept !== undefined) {
    before.delete(key);
    seen.add(key);
    return kept;
  }
  const twice = seen.has(key);
  seen.add(key);
  const row = known && !twice ? table.open(key, c) : undefined;
  c.at = end;
  // Copied, because the bytes are overwritten by the next round; a Buffer's own `slice` would only look at them.
  return { key: Uint8Array.from(c.bytes.subarray(start, end)), row };
}

const NEAR = 96;

// Short lines are scanned here, long ones (the interrupts of /proc/stat) by the engine: each is the faster way for its length.
function nextLine(c: Cursor, end: number): void {
  const { bytes } = c;
  const near = Math.min(end, c.at + NEAR);
  while (c.at < near) if (bytes[c.at++] === NEWLINE) return;
  if (c.at >= end) return;
  // A row may have read up to its line's end, but never past it, so the newline found is the line's own.
  c.at = bytes.indexOf(NEWLINE, c.at) + 1;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
