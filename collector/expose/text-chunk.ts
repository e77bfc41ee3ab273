import { NEWLINE, SPACE } from '../../agent/contract/ascii.ts';
import { writeNumber } from '../../agent/contract/line-encode.ts';

/** Room of a chunk, and what must be left of it for another sample's number. */
const CHUNK_BYTES = 512 * 1024;
/** Chunks kept to be filled again; fresh memory costs more than what is written into it. */
const CHUNKS_KEPT = 4;
const NUMBER_BYTES = 64;

/** Exposition text, written as bytes: a fleet's page is megabytes, and strings of that size would be made only to be encoded again. */
export interface TextChunk {
  /** Adds a family's header. */
  header(text: string): void;
  /** Adds a sample; `name` is the family's name as bytes. */
  sample(name: Uint8Array, labels: string, value: number): void;
  /** Takes what has been written; the next bytes go elsewhere until this is given back. */
  take(): Buffer;
  /** Takes a chunk back that nobody reads any more. */
  giveBack(taken: Buffer): void;
  readonly length: number;
}

/** An empty chunk, which grows where one sample alone is longer. */
export function textChunk(): TextChunk {
  let bytes: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let at = 0;
  const free: Buffer[] = [];
  const room = (more: number): void => {
    if (at + more <= bytes.length) return;
    const longer = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, at + more));
    bytes.copy(longer, 0, 0, at);
    bytes = longer;
  };
  return {
    header(text) {
      room(text.length * 3);
      at += bytes.write(text, at);
    },
    sample(name, labels, value) {
      // Three bytes are what a UTF-16 unit takes at most.
      room(name.length + labels.length * 3 + NUMBER_BYTES);
      for (let i = 0; i < name.length; i++) bytes[at++] = name[i] as number;
      at += bytes.write(labels, at);
      bytes[at++] = SPACE;
      at = writeNumber(bytes, at, value);
      bytes[at++] = NEWLINE;
    },
    take() {
      const taken = bytes.subarray(0, at);
      bytes = free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
      at = 0;
      return taken;
    },
    giveBack(taken) {
      if (free.length < CHUNKS_KEPT) free.push(Buffer.from(taken.buffer));
    },
    get length() {
      return at;
    },
  };
}
