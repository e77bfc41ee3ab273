import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { HttpFault } from '../http-fault.ts';
import { inflateAtOnce } from './inflate.ts';
import type { Inflated } from './inflate.ts';

/** Memory that bodies may take together, so that many senders at once cost no more than one. */
export interface Budget {
  /** Takes bytes; throws 503 where they are not there now. */
  take(bytes: number): void;
  give(bytes: number): void;
  readonly used: number;
}

/** A budget of this many bytes. */
export function budgetOf(limit: number): Budget {
  let used = 0;
  return {
    take(bytes) {
      if (used + bytes > limit) throw new HttpFault(503, 'the collector holds as many bodies as it may; come again', 1);
      used += bytes;
    },
    give: (bytes) => void (used -= bytes),
    get used() {
      return used;
    },
  };
}

/** The largest post in bytes, as it comes and unpacked. */
export interface BodyLimits {
  readonly body: number;
  readonly inflated: number;
}

/** A request's body as it came and unpacked; one who takes it releases it once, and reads its `text` no more. */
export interface Body {
  readonly received: Buffer;
  readonly text: Buffer;
  readonly gzipped: boolean;
  /** Gives the budget its bytes back, and the text's memory to the next body. */
  release(): void;
}

/** Unpacked bodies up to here are unpacked in one go (about 2 ms); longer ones on another thread. */
const AT_ONCE_BYTES = 1 << 20;

/**
 * Reads and unpacks a body.
 *
 * @throws HttpFault 413 where it is too large, 415 where it is packed in an unknown way, 400 where it does not unpack, 503 where memory is short.
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits, budget: Budget): Promise<Body> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'gzip' && encoding !== 'identity')
    throw new HttpFault(415, `content-encoding ${encoding} is not known here; send gzip or none`);
  const received = await receive(request, limits.body, budget, 'limits.body');
  if (encoding === 'identity') return { received, text: received, gzipped: false, release: () => budget.give(received.length) };
  try {
    const inflated = await inflate(received, limits.inflated, budget);
    const { text } = inflated;
    const release = (): void => {
      budget.give(received.length + text.length);
      inflated.release();
    };
    return { received, text, gzipped: true, release };
  } catch (error) {
    budget.give(received.length);
    throw error;
  }
}

/**
 * Reads a body as it comes. Its bytes are taken from the budget, and whoever has it gives them back; `key` is where its limit is configured.
 *
 * @throws HttpFault 413 where it is too large, 400 where it ends early, 503 where memory is short.
 */
export async function receive(request: IncomingMessage, limit: number, budget: Budget, key: string): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limit) throw new HttpFault(413, `the body has ${declared} bytes; at most ${limit} are taken (${key})`);
  const chunks: Buffer[] = [];
  let length = 0;
  // Events rather than an iterator, which costs as much as reading most bodies does.
  await new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      try {
        budget.take(chunk.length);
        length += chunk.length;
        if (length > limit) throw new HttpFault(413, `the body has more than ${limit} bytes (${key})`);
        chunks.push(chunk);
      } catch (error) {
        fail(error);
      }
    };
    const cut = (): void => fail(new HttpFault(400, 'the body ended early'));
    // Left early, the request stays open for its answer.
    const fail = (error: unknown): void => {
      request.off('data', take).off('close', cut).off('error', cut);
      budget.give(length);
      reject(error);
    };
    request.on('data', take).once('close', cut).once('error', cut);
    request.once('end', () => {
      request.off('close', cut);
      resolve();
    });
  });
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, length);
}

async function inflate(packed: Buffer, limit: number, budget: Budget): Promise<Inflated> {
  // A gzip member ends with its unpacked size (RFC 1952, ISIZE). It may lie; then the short way fails and the long one decides.
  const promised = packed.length >= 18 ? packed.readUInt32LE(packed.length - 4) : 0;
  if (promised <= Math.min(AT_ONCE_BYTES, limit)) {
    const inflated = unpackAtOnce(packed, Math.max(promised, 1));
    if (inflated !== undefined && inflated.text.length <= limit) return taken(inflated, budget);
    inflated?.release();
  }
  return { text: await inflateInParts(packed, limit, budget), release: () => undefined };
}

function unpackAtOnce(packed: Buffer, limit: number): Inflated | undefined {
  try {
    return inflateAtOnce(packed, limit);
  } catch (error) {
    throw notGzip(error);
  }
}

function taken(inflated: Inflated, budget: Budget): Inflated {
  try {
    budget.take(inflated.text.length);
  } catch (error) {
    inflated.release();
    throw error;
  }
  return inflated;
}

async function inflateInParts(packed: Buffer, limit: number, budget: Budget): Promise<Buffer> {
  // What the last member promises, filled as it comes; more members, or a lie, make it grow.
  let text: Buffer = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(packed.readUInt32LE(packed.length - 4), AT_ONCE_BYTES)));
  let length = 0;
  try {
    const unpacked = createGunzip({ chunkSize: 1 << 18 });
    unpacked.end(packed);
    for await (const part of unpacked as AsyncIterable<Buffer>) {
      budget.take(part.length);
      const end = length + part.length;
      if (end > text.length) text = longer(text, length, Math.min(limit, Math.max(end, text.length * 2)));
      part.copy(text, length);
      length = end;
      if (length > limit) throw new HttpFault(413, `the body unpacks to more than ${limit} bytes (limits.inflated)`);
    }
  } catch (error) {
    budget.give(length);
    throw error instanceof HttpFault ? error : notGzip(error);
  }
  return text.subarray(0, length);
}

function longer(text: Buffer, length: number, size: number): Buffer {
  const grown = Buffer.allocUnsafeSlow(size);
  text.copy(grown, 0, 0, length);
  return grown;
}

function notGzip(error: unknown): HttpFault {
  return new HttpFault(400, `the body is not gzip: ${error instanceof Error ? error.message : String(error)}`);
}
