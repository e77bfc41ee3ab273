import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Batch } from '../collector/stores/store.ts';

const gzipAsync = promisify(gzip);

/** A batch of these lines as a store that forwards text gets it; its rows are empty. */
export function batchOf(lines: readonly string[], node = 'dahu33'): Batch {
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  let zipped: Promise<Uint8Array> | undefined;
  return {
    node,
    text,
    gzip: () => (zipped ??= gzipAsync(text)),
    rows: { length: 0, series: new Uint32Array(), times: new Float64Array(), values: new Float64Array() },
    receivedAt: Date.now(),
  };
}
