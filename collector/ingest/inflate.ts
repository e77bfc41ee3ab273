import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { hasCode } from '../../agent/contract/errors.ts';

/** Text unpacked from a gzip body; `release` lets its memory be used for another one. */
export interface Inflated {
  readonly text: Buffer;
  release(): void;
}

/** What is unpacked in memory that is used again; a post of an agent has 20 to 200 kB. */
const ROOM = 256 * 1024;
/** Inflaters kept: as many posts as are under way at once on a busy collector. */
const MOST_KEPT = 16;

const kept: Inflater[] = [];
let reusable = true;

/**
 * Unpacks gzip that holds no more than `limit` bytes in one go, or answers undefined where it holds more.
 *
 * @throws Error with zlib's code where it is not gzip.
 */
export function inflateAtOnce(packed: Buffer, limit: number): Inflated | undefined {
  if (limit < ROOM && reusable) {
    const inflater = kept.pop() ?? openInflater();
    if (inflater !== undefined) {
      const text = inflater.inflate(packed);
      if (text === undefined) return undefined;
      return { text, release: () => void (kept.length < MOST_KEPT && kept.push(inflater)) };
    }
    reusable = false;
  }
  try {
    // A chunk with room for all of it and a byte more is filled once; the default would be many, put together again.
    const text = gunzipSync(packed, { maxOutputLength: limit, chunkSize: Math.max(64, limit + 1) });
    return { text, release: () => undefined };
  } catch (error) {
    if (hasCode(error, 'ERR_BUFFER_TOO_LARGE')) return undefined;
    throw error;
  }
}

interface Inflater {
  /** The text, which stands until the next call; undefined where it is longer than the room. One that threw is of no more use. */
  inflate(packed: Buffer): Buffer | undefined;
}

/** The parts of node:zlib's streams that make one usable again; minizlib, which npm unpacks with, builds on the same ones. */
interface Internals {
  _handle: { close(): void } | null;
  _processChunk(chunk: Buffer, flush: number): Buffer;
  reset(): void;
  removeAllListeners(event: string): void;
}

// gunzipSync makes a zlib state and a buffer each time. At full ingest those are most of the garbage, and collecting it took
// a seventh of the CPU. This one stays, with its state and its room; undefined where this Node.js does not have the parts.
function openInflater(): Inflater | undefined {
  const stream = createGunzip({ chunkSize: ROOM, maxOutputLength: ROOM - 1 }) as unknown as Internals;
  const handle = stream._handle;
  if (typeof stream._processChunk !== 'function' || typeof handle?.close !== 'function') return undefined;
  const close = handle.close.bind(handle);
  handle.close = () => undefined;
  const inflater: Inflater = {
    inflate(packed) {
      try {
        stream._handle = handle;
        stream.reset();
        const text = stream._processChunk(packed, constants.Z_FINISH);
        // It adds one for every call.
        stream.removeAllListeners('error');
        return text;
      } catch (error) {
        close();
        if (hasCode(error, 'ERR_BUFFER_TOO_LARGE')) return undefined;
        throw error;
      }
    },
  };
  return worksTwice(inflater) ? inflater : undefined;
}

/** `vigie`, gzipped. */
const SAMPLE = Buffer.from('H4sIAAAAAAAAAyvLTM9MBQBnwuEyBQAAAA==', 'base64');

function worksTwice(inflater: Inflater): boolean {
  try {
    return [1, 2].every(() => inflater.inflate(SAMPLE)?.toString() === 'vigie');
  } catch {
    return false;
  }
}
