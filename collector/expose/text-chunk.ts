import { NEWLINE, SPACE } from '../../agent/contract/ascii.ts';
import { writeNumber } from '../../agent/contract/line-encode.ts';

/** Room of a chunk, and what must be left of it for another sample's number. */
const CHUNK_BYTES = 2 * 1024 * 1024;
/** Chunks kept to be filled again, by any page; fresh memory costs more than what is written into it. */
const CHUNKS_KEPT = 4;
const free: Buffer[] = [];
const NUMBER_BYTES = 64;

/** Exposition text, written as bytes: a fleet's page is megabytes, and strings of that size would be made only to be encoded again. */
export interface TextChunk {
  /** Adds a family's header. */
  header(text: string): void;
  /** Adds a sample: the family's name, the label text that is `length` bytes of `labels` from `start`, and the value. */
  sample(name: DataView, labels: DataView, start: number, length: number, value: number): void;
  /** Takes what has been written; the next bytes go elsewhere until this is given back. */
  take(): Buffer;
  /** Takes a chunk back that nobody reads any more. */
  giveBack(taken: Buffer): void;
}

/** An empty chunk, which grows where one sample alone is longer. */
export function textChunk(): TextChunk {
  let bytes: Buffer = free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let view = viewOf(bytes);
  let at = 0;
  const room = (more: number): void => {
    if (at + more <= bytes.length) return;
    const longer = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, at + more));
    bytes.copy(longer, 0, 0, at);
    bytes = longer;
    view = viewOf(bytes);
  };
  return {
    header(text) {
      room(text.length * UTF8_BYTES);
      at += bytes.write(text, at);
    },
    sample(name, labels, start, length, value) {
      room(name.byteLength + length + NUMBER_BYTES);
      copy(name, 0, name.byteLength, view, at);
      at += name.byteLength;
      copy(labels, start, length, view, at);
      at += length;
      bytes[at++] = SPACE;
      at = writeNumber(bytes, at, value);
      bytes[at++] = NEWLINE;
    },
    take() {
      const taken = bytes.subarray(0, at);
      bytes = free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
      view = viewOf(bytes);
      at = 0;
      return taken;
    },
    giveBack(taken) {
      if (free.length < CHUNKS_KEPT && taken.buffer.byteLength === CHUNK_BYTES) free.push(Buffer.from(taken.buffer));
    },
  };
}

/** Bytes that a UTF-16 unit takes at most. */
const UTF8_BYTES = 3;

// Four bytes at a time: for the length of a label text, a call to the runtime's own copy costs more than this loop.
function copy(from: DataView, start: number, length: number, to: DataView, at: number): void {
  let done = 0;
  for (; done + 4 <= length; done += 4) to.setInt32(at + done, from.getInt32(start + done));
  for (; done < length; done++) to.setUint8(at + done, from.getUint8(start + done));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
