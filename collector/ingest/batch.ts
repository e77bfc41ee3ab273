import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Batch, Rows } from '../stores/store.ts';

const pack = promisify(gzip);

/** A batch of accepted lines; `packed` is its gzip where the sender's can be used as it came. */
export function batchOf(node: string, text: Uint8Array, rows: Rows, receivedAt: number, packed: Uint8Array | undefined): Batch {
  let gzipped: Promise<Uint8Array> | undefined = packed === undefined ? undefined : Promise.resolve(packed);
  return {
    node,
    text,
    rows,
    receivedAt,
    gzip: () => (gzipped ??= pack(text, { level: 1 })),
  };
}
