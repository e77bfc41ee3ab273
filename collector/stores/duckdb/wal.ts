import { mkdir, open, readdir, readFile, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';

/** A log of batches that are on disk but not yet in a partition. A record counts once `append` has resolved. */
export interface Wal {
  /** Writes a record; `synced` resolves once it is on the disk. Callers that come together share one sync. */
  append(payload: Promise<Uint8Array>): { readonly sequence: number; readonly synced: Promise<void> };
  /** A number behind all records so far, for what is not in the log but is committed with them. */
  reserve(): number;
  /** Removes what is not needed any more: every segment whose records all have numbers up to `sequence`. */
  release(sequence: number): Promise<void>;
  /** Bytes in segments. */
  readonly bytes: number;
  close(): Promise<void>;
}

/** A record as it was found after a restart. */
export interface WalRecord {
  readonly sequence: number;
  readonly payload: Buffer;
}

/** What was found of an older log. */
export interface WalContents {
  readonly records: AsyncIterable<WalRecord>;
  /** Records that were torn or changed on disk; those at the very end of the newest segment were never acknowledged. */
  damaged(): number;
}

// Record: magic u32, length u32, sequence f64, crc32 of the sequence and the payload u32, then the payload. Little endian.
const MAGIC = 0x4c574756; // "VGWL"
const HEADER = 20;
/** How long the first of a group waits for others: a sync costs the same for one as for fifty, and an agent does not mind. */
const LINGER_MS = 10;
const SEGMENT_BYTES = 64 * 2 ** 20;
const LARGEST = 256 * 2 ** 20;
const MAGIC_BYTES = Buffer.from('VGWL');

interface Segment {
  readonly path: string;
  readonly bytes: number;
  readonly last: number;
}

interface Waiting {
  readonly sequence: number;
  readonly record: readonly Uint8Array[];
  readonly bytes: number;
  readonly done: (error?: unknown) => void;
}

/** Opens a new segment behind what stands in `directory`; numbers go on behind `after` and behind every record there. */
export async function openWal(directory: string, after: number): Promise<{ wal: Wal; contents: WalContents }> {
  await mkdir(directory, { recursive: true });
  const old = await segmentsOf(directory);
  const contents = readSegments(old);
  let next = Math.max(after, ...old.map(({ last }) => last)) + 1;
  let closed = [...old];
  let current: FileHandle | undefined;
  let currentPath = '';
  let currentBytes = 0;
  let currentLast = 0;
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  const roll = async (sequence: number): Promise<FileHandle> => {
    if (current !== undefined && currentBytes < SEGMENT_BYTES) return current;
    if (current !== undefined) {
      await current.close();
      closed.push({ path: currentPath, bytes: currentBytes, last: currentLast });
    }
    currentPath = join(directory, `${String(sequence).padStart(16, '0')}.wal`);
    currentBytes = 0;
    current = await open(currentPath, 'ax');
    // A file whose directory entry is not on the disk is gone after a power cut, whatever it held.
    const folder = await open(directory, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    return current;
  };

  const writeGroup = async (group: readonly Waiting[]): Promise<void> => {
    const bytes = group.reduce((sum, item) => sum + item.bytes, 0);
    const file = await roll(group[0]?.sequence ?? next);
    try {
      await writeAll(file, Buffer.concat(group.flatMap(({ record }) => record)));
      await file.datasync();
    } catch (error) {
      // Half a record may stand there now; the next one must not be read as its rest.
      await file.truncate(currentBytes).catch(() => undefined);
      throw error;
    }
    currentBytes += bytes;
    // A record waits for its payload to be packed, so numbers may come out of order.
    for (const { sequence } of group) currentLast = Math.max(currentLast, sequence);
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      await sleep(LINGER_MS);
      const group = waiting;
      waiting = [];
      let failure: unknown;
      await writeGroup(group).catch((error: unknown) => (failure = error));
      for (const { done } of group) done(failure);
    }
    running = undefined;
  };

  const enqueue = (sequence: number, payload: Uint8Array): Promise<void> => {
    const header = Buffer.allocUnsafe(HEADER);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE(payload.length, 4);
    header.writeDoubleLE(sequence, 8);
    header.writeUInt32LE(crc32(payload, crc32(header.subarray(4, 16))), 16);
    return new Promise((resolve, reject) => {
      const done = (error?: unknown): void => (error === undefined ? resolve() : reject(error));
      waiting.push({ sequence, record: [header, payload], bytes: HEADER + payload.length, done });
      running ??= drain();
    });
  };

  const wal: Wal = {
    append(payload) {
      const sequence = next++;
      return { sequence, synced: payload.then((bytes) => enqueue(sequence, bytes)) };
    },
    reserve: () => next++,
    async release(sequence) {
      const gone = closed.filter(({ last }) => last <= sequence);
      closed = closed.filter(({ last }) => last > sequence);
      for (const { path } of gone) await unlink(path);
      // Everything is in the partitions: start over instead of keeping megabytes that nobody needs.
      if (running === undefined && current !== undefined && currentBytes > 0 && currentLast <= sequence && waiting.length === 0) {
        const done = { path: currentPath, file: current };
        current = undefined;
        currentBytes = 0;
        await done.file.close();
        await unlink(done.path);
      }
    },
    get bytes() {
      return currentBytes + closed.reduce((sum, segment) => sum + segment.bytes, 0);
    },
    async close() {
      await running;
      await current?.close();
      current = undefined;
    },
  };
  return { wal, contents };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}

async function segmentsOf(directory: string): Promise<Segment[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{16}\.wal$/.test(name)).sort();
  const segments: Segment[] = [];
  for (const name of names) {
    const path = join(directory, name);
    const bytes = await readFile(path);
    // A segment that a crash left empty has used up its number: a new one must not have its name.
    let last = Number(name.slice(0, 16));
    for (const record of recordsOf(bytes)) if (record !== undefined) last = Math.max(last, record.sequence);
    segments.push({ path, bytes: bytes.length, last });
  }
  return segments;
}

function readSegments(segments: readonly Segment[]): WalContents {
  let damaged = 0;
  async function* records(): AsyncGenerator<WalRecord> {
    for (const { path } of segments) {
      for (const record of recordsOf(await readFile(path))) {
        if (record === undefined) damaged++;
        else yield record;
      }
    }
  }
  return { records: records(), damaged: () => damaged };
}

// The records of a segment; undefined stands for a stretch that cannot be read, after which the next magic is looked for.
function* recordsOf(bytes: Buffer): Generator<WalRecord | undefined> {
  for (let at = 0; at < bytes.length;) {
    const record = recordAt(bytes, at);
    yield record;
    if (record !== undefined) at += HEADER + record.payload.length;
    else {
      const next = bytes.indexOf(MAGIC_BYTES, at + 1);
      if (next < 0) return;
      at = next;
    }
  }
}

function recordAt(bytes: Buffer, at: number): WalRecord | undefined {
  if (at + HEADER > bytes.length || bytes.readUInt32LE(at) !== MAGIC) return undefined;
  const length = bytes.readUInt32LE(at + 4);
  if (length > LARGEST || at + HEADER + length > bytes.length) return undefined;
  const payload = bytes.subarray(at + HEADER, at + HEADER + length);
  if (crc32(payload, crc32(bytes.subarray(at + 4, at + 16))) !== bytes.readUInt32LE(at + 16)) return undefined;
  return { sequence: bytes.readDoubleLE(at + 8), payload };
}
