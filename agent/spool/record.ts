import { crc32 } from 'node:zlib';

// A record is a header of 32 bytes and a payload, little endian:
//   0 magic  4 payload length  8 sequence  16 values  20 crc32 of the payload  24 crc32 of bytes 0 to 23  28 mark
// The mark alone changes later, so it stands outside the checksums. It is four bytes, so that no single damaged one turns a
// waiting record into an acknowledged one; whatever is not the mark of an acknowledged one waits.

/** Size of a record's header. */
export const HEADER_BYTES = 32;
/** Where the mark stands in the header. */
export const MARK_OFFSET = 28;
/** First bytes of every record: `VgS` and the format's version. */
export const MAGIC = Buffer.from('VgS\u0001', 'latin1');
/** The mark of an acknowledged record. */
export const ACKNOWLEDGED = Buffer.from('done', 'latin1');

const CHECKED_BYTES = 24;

/** What a header says of its payload. */
export interface Header {
  readonly length: number;
  /** Place in the order of writing. */
  readonly sequence: number;
  /** How many values the batch holds. */
  readonly values: number;
  readonly crc: number;
  readonly acknowledged: boolean;
}

/** The header of a waiting record. */
export function encodeHeader(payload: Uint8Array, sequence: number, values: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(payload.length, 4);
  header.writeUIntLE(sequence, 8, 6);
  header.writeUInt32LE(values, 16);
  header.writeUInt32LE(crc32(payload), 20);
  header.writeUInt32LE(crc32(header.subarray(0, CHECKED_BYTES)), CHECKED_BYTES);
  return header;
}

/** The header at a place in bytes, or undefined where none stands whole. */
export function decodeHeader(bytes: Buffer, at: number): Header | undefined {
  if (at + HEADER_BYTES > bytes.length || MAGIC.compare(bytes, at, at + MAGIC.length) !== 0) return undefined;
  if (crc32(bytes.subarray(at, at + CHECKED_BYTES)) !== bytes.readUInt32LE(at + CHECKED_BYTES)) return undefined;
  return {
    length: bytes.readUInt32LE(at + 4),
    sequence: bytes.readUIntLE(at + 8, 6),
    values: bytes.readUInt32LE(at + 16),
    crc: bytes.readUInt32LE(at + 20),
    acknowledged: ACKNOWLEDGED.compare(bytes, at + MARK_OFFSET, at + HEADER_BYTES) === 0,
  };
}

/** Whether the payload is the one that the header was written for. */
export function isIntact(payload: Uint8Array, crc: number): boolean {
  return crc32(payload) === crc;
}
