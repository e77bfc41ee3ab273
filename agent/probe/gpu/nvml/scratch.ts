/** Memory that calls write to, used again by every call: whatever is needed is taken out before the next one. */
export interface Scratch {
  /** 96 bytes, as words; the longest answer there is room for is a text of 96. */
  readonly words: Uint32Array;
  readonly signed: Int32Array;
  readonly handles: BigUint64Array;
  readonly bytes: Buffer;
  /** For what a call writes beside. */
  readonly beside: Uint32Array;
  /** For lists; `grow` replaces it by a larger one. */
  readonly room: Uint32Array;
  grow(bytes: number): void;
}

/** Longest text that NVML writes (NVML_DEVICE_UUID_V2_BUFFER_SIZE, NVML_DEVICE_NAME_V2_BUFFER_SIZE). */
export const TEXT_BYTES = 96;

/** Room for 128 processes at first. */
const ROOM_BYTES = 4096;

/** Fresh memory for calls. */
export function openScratch(): Scratch {
  const memory = new ArrayBuffer(TEXT_BYTES);
  let room = new Uint32Array(ROOM_BYTES / 4);
  return {
    words: new Uint32Array(memory),
    signed: new Int32Array(memory),
    handles: new BigUint64Array(memory),
    bytes: Buffer.from(memory),
    beside: new Uint32Array(2),
    get room() {
      return room;
    },
    grow(bytes) {
      if (bytes > room.byteLength) room = new Uint32Array(Math.ceil(bytes / ROOM_BYTES) * (ROOM_BYTES / 4));
    },
  };
}

/** The 64-bit number at this word; exact up to 2^53, and NaN where all bits are set, which is NVML's "not available". */
export function wide(words: Uint32Array, at: number): number {
  const low = words[at] ?? 0;
  const high = words[at + 1] ?? 0;
  return low === 0xffffffff && high === 0xffffffff ? Number.NaN : low + high * 4294967296;
}

/** The text that ends at the first zero byte. */
export function textAt(bytes: Buffer, start = 0, length = TEXT_BYTES): string {
  const end = bytes.indexOf(0, start);
  return bytes.toString('latin1', start, end < 0 || end > start + length ? start + length : end).trim();
}
