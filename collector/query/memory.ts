import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What this thread holds, in bytes: JavaScript's heap, and typed arrays beside it. */
export function heldBytes(): number {
  const { used_heap_size: heap, external_memory: arrays } = getHeapStatistics();
  return heap + arrays;
}

let collect: (() => void) | undefined;

/** Frees what nobody holds any more; a tenth of a second for a gigabyte. */
export function collectGarbage(): void {
  if (collect === undefined) {
    // The flag counts for contexts made after it, and nothing else is in this one.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
