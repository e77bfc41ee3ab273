/** A batch that waits in memory. */
export interface InMemory {
  readonly payload: Uint8Array;
  readonly values: number;
  /** Whether it is being sent. */
  taken: boolean;
}

/** Batches in bounded memory, oldest first; the oldest are pushed out when there are too many. */
export interface Memory {
  put(payload: Uint8Array, values: number): void;
  /** Takes the oldest or newest that is not taken. */
  take(end: 'oldest' | 'newest'): InMemory | undefined;
  /** Those not taken, oldest first. */
  untaken(): readonly InMemory[];
  /** Safe to call twice. */
  forget(batch: InMemory): void;
  readonly waiting: number;
  readonly pushedOut: number;
}

/** Memory for batches of so many bytes together. */
export function openMemory(maxBytes: number): Memory {
  let batches: InMemory[] = [];
  let pushedOut = 0;
  const bytes = (): number => batches.reduce((sum, { payload }) => sum + payload.length, 0);
  return {
    put(payload, values) {
      batches.push({ payload, values, taken: false });
      while (batches.length > 0 && bytes() > maxBytes) {
        batches.shift();
        pushedOut++;
      }
    },
    take(end) {
      const batch = end === 'oldest' ? batches.find(isFree) : batches.findLast(isFree);
      if (batch !== undefined) batch.taken = true;
      return batch;
    },
    untaken: () => batches.filter(isFree),
    forget(batch) {
      batches = batches.filter((other) => other !== batch);
    },
    get waiting() {
      return batches.length;
    },
    get pushedOut() {
      return pushedOut;
    },
  };
}

function isFree({ taken }: InMemory): boolean {
  return !taken;
}
