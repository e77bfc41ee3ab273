import { closeSync, fstatSync, fsync, ftruncateSync, openSync, readSync, rmSync, writeSync, writevSync } from 'node:fs';
import { ACKNOWLEDGED, encodeHeader, HEADER_BYTES, isIntact, MARK_OFFSET } from './record.ts';
import { scanSegment } from './scan-segment.ts';

/** A record that waits in a segment. */
export interface SpoolRecord {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
  readonly sequence: number;
  readonly values: number;
  readonly crc: number;
}

/** One file of the spool. Every function throws what the file system says. */
export interface Segment {
  readonly number: number;
  /** Bytes of the file. */
  readonly size: number;
  /** Records that wait. */
  readonly waiting: number;
  /** The waiting records, in the order of writing; read from the file when they are not in memory. */
  records(): readonly SpoolRecord[];
  append(payload: Uint8Array, sequence: number, values: number): SpoolRecord;
  /** The payload, or undefined where it is damaged. */
  read(record: SpoolRecord): Buffer | undefined;
  /** Marks a record as acknowledged. Safe to call twice. */
  acknowledge(record: SpoolRecord): void;
  /** Empties the file. */
  clear(): void;
  /** Removes the file. */
  remove(): void;
  /** Lets go of descriptor and memory; what is needed again comes back by itself. */
  rest(): void;
}

/** What a segment was found to hold. */
export interface OpenedSegment {
  readonly segment: Segment;
  readonly lastSequence: number;
  /** Records passed over as damaged. */
  readonly damaged: number;
}

/** Opens a segment file, reading what it holds; `flags` as of open(2): `r+` for one that exists, `wx+` for a new one. */
export function openSegment(path: string, number: number, flags: 'r+' | 'wx+'): OpenedSegment {
  let fd = openSync(path, flags, 0o600);
  let index: SpoolRecord[] | undefined;
  let size = 0;
  let waiting = 0;

  const file = (): number => (fd >= 0 ? fd : (fd = openSync(path, 'r+')));
  const load = (): { lastSequence: number; damaged: number } => {
    const records: SpoolRecord[] = [];
    let lastSequence = 0;
    const damaged = scanSegment(file(), size, ({ acknowledged, offset, length, sequence, values, crc }) => {
      lastSequence = Math.max(lastSequence, sequence);
      if (!acknowledged) records.push({ segment: number, offset, length, sequence, values, crc });
    });
    index = records;
    waiting = records.length;
    return { lastSequence, damaged };
  };
  const loaded = (): SpoolRecord[] => {
    if (index === undefined) load();
    return index ?? [];
  };
  const release = (): void => {
    if (fd >= 0) closeSync(fd);
    fd = -1;
  };

  const segment: Segment = {
    number,
    get size() {
      return size;
    },
    get waiting() {
      return waiting;
    },
    records: loaded,
    append(payload, sequence, values) {
      const record = { segment: number, offset: size, length: payload.length, sequence, values, crc: 0 };
      const header = encodeHeader(payload, sequence, values);
      const whole = { ...record, crc: header.readUInt32LE(20) };
      try {
        writeWhole(file(), header, payload, size);
      } catch (error) {
        // What a full disk took of the record must not stand between this one and the next.
        ftruncateSync(file(), size);
        throw error;
      }
      loaded().push(whole);
      size += HEADER_BYTES + payload.length;
      waiting++;
      return whole;
    },
    read(record) {
      const payload = Buffer.allocUnsafe(record.length);
      const got = readSync(file(), payload, 0, record.length, record.offset + HEADER_BYTES);
      return got === record.length && isIntact(payload, record.crc) ? payload : undefined;
    },
    acknowledge(record) {
      const records = loaded();
      const at = records.findIndex(({ offset }) => offset === record.offset);
      if (at < 0) return;
      records.splice(at, 1);
      waiting--;
      // The last one needs no mark: its file is about to be emptied or removed.
      if (waiting > 0) writeSync(file(), ACKNOWLEDGED, 0, ACKNOWLEDGED.length, record.offset + MARK_OFFSET);
    },
    clear() {
      ftruncateSync(file(), 0);
      size = 0;
      waiting = 0;
      index = [];
    },
    remove() {
      release();
      rmSync(path, { force: true });
    },
    rest() {
      index = undefined;
      release();
    },
  };
  try {
    size = fstatSync(fd).size;
    const { lastSequence, damaged } = load();
    return { segment, lastSequence, damaged };
  } catch (error) {
    release();
    throw error;
  }
}

/** Brings a file's content to the disk without waiting for it, as a segment that is full deserves; errors go to `onError`. */
export function syncLater(path: string, onError: (error: unknown) => void): void {
  const fd = openSync(path, 'r');
  fsync(fd, (error) => {
    closeSync(fd);
    if (error !== null) onError(error);
  });
}

function writeWhole(fd: number, header: Buffer, payload: Uint8Array, at: number): void {
  const total = header.length + payload.length;
  let written = writevSync(fd, [header, payload], at);
  while (written < total) {
    const [part, from] = written < header.length ? [header, written] : [payload, written - header.length];
    const more = writeSync(fd, part, from, part.length - from, at + written);
    if (more === 0) throw Object.assign(new Error('the file system takes no more'), { code: 'ENOSPC' });
    written += more;
  }
}
