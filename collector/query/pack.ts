import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';
import type { Piece, Pieces } from './pieces.ts';

/** A body ready to be sent: bytes that lie alone in their memory, so that it can be given away. */
export interface Packed {
  readonly gzip: boolean;
  /** Bytes of all parts, where there is one only. */
  readonly length: number | undefined;
  readonly parts: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** Bytes of a part: a few milliseconds of work. */
const PART_BYTES = 128 * 1024;
/** Shorter bodies are not worth packing (one packet of the network). */
const PACKED_FROM_BYTES = 1400;
/** The fastest: answers are packed once and read once. */
const LEVEL = 1;

/** Makes a text into parts, packed where whoever asks takes it; others get their turn between two parts. */
export async function pack(pieces: Pieces, gzip: boolean): Promise<Packed> {
  const parts = encoded(pieces);
  const first = await parts.next();
  const second = await parts.next();
  const bytes = first.value ?? new Uint8Array();
  if (second.done === true) {
    const isPacked = gzip && bytes.length >= PACKED_FROM_BYTES;
    const body = isPacked ? alone(gzipSync(bytes, { level: LEVEL })) : bytes;
    return { gzip: isPacked, length: body.length, parts: one(body) };
  }
  const all = chained([bytes, second.value], parts);
  return { gzip, length: undefined, parts: gzip ? gzipped(all) : all };
}

/** Where a part is written: nobody else writes until it has been copied out, as nothing is waited for in between. */
const bytes = Buffer.allocUnsafeSlow(PART_BYTES);

async function* encoded(pieces: Pieces): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  let at = 0;
  for (const piece of pieces) {
    for (let rest = piece; rest.length > 0;) {
      const { to, end } = put(rest, at);
      at = end;
      if (to === rest.length && at <= PART_BYTES - 64) break;
      const part = copied(bytes.subarray(0, at));
      at = 0;
      // A copy: who gets a turn now may write where the piece's bytes are.
      rest = rest.slice(to);
      yield part;
      await nextTurn();
    }
  }
  if (at > 0) yield copied(bytes.subarray(0, at));
  return undefined;
}

// Writes what fits of a piece; answers how far it came in the piece and in the bytes.
function put(piece: Piece, at: number): { readonly to: number; readonly end: number } {
  if (typeof piece !== 'string') {
    const to = Math.min(piece.length, PART_BYTES - at);
    bytes.set(piece.subarray(0, to), at);
    return { to, end: at + to };
  }
  // A piece may be longer than a part; a UTF-16 unit takes three bytes at most, and a pair of them must stay together.
  let to = Math.min(piece.length, Math.max(0, Math.floor((PART_BYTES - at) / 3) - 1));
  if (to > 0 && to < piece.length && isHigh(piece.charCodeAt(to - 1))) to--;
  return { to, end: to === 0 ? at : at + bytes.write(to === piece.length ? piece : piece.slice(0, to), at) };
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

// The compressor works on threads of its own, which Node.js has for that.
async function* gzipped(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const packer = createGzip({ level: LEVEL, chunkSize: PART_BYTES });
  const fed = feed(parts, packer);
  try {
    // Its memory is used again, so the bytes are copied.
    for await (const bytes of packer as AsyncIterable<Buffer>) yield alone(bytes);
    await fed;
  } finally {
    packer.destroy();
    await fed.catch(() => undefined);
  }
}

async function feed(parts: AsyncIterable<Uint8Array>, packer: ReturnType<typeof createGzip>): Promise<void> {
  try {
    for await (const part of parts) {
      if (packer.destroyed) return;
      await new Promise<void>((resolve, reject) => {
        packer.write(part, (error) => (error === null || error === undefined ? resolve() : reject(error)));
      });
    }
    packer.end();
  } catch (error) {
    packer.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

async function* chained<Part>(before: readonly Part[], rest: AsyncIterable<Part>): AsyncGenerator<Part> {
  yield* before;
  yield* rest;
}

async function* one<Part>(part: Part): AsyncGenerator<Part> {
  yield part;
}

function alone(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer) return bytes as Uint8Array<ArrayBuffer>;
  return copied(bytes);
}

function copied(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(bytes);
  return copy;
}
