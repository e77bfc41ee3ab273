const EMPTY = -1;
const REMOVED = -2;
/** An entry's numbers. */
const ENTRY = 4;
const START = 0;
const LENGTH = 1;
const TAIL = 2;
const HASH = 3;
const NO_TAIL = new Uint8Array(0);

/**
 * Finds a group by the bytes of its head. Heads stand end to end in one arena, each with a tail of the caller's behind it,
 * so that a hundred thousand of them cost their bytes and not a hundred thousand objects.
 */
export interface HeadIndex {
  /** All heads; a head is `length(group)` bytes from `start(group)`, and its tail the `tailLength(group)` behind. Another buffer after `add` or `remove`. */
  readonly arena: DataView;
  start(group: number): number;
  length(group: number): number;
  tailLength(group: number): number;
  /** The group of this head, or -1. */
  find(bytes: Uint8Array, start: number, stop: number): number;
  /** Adds a head that is not there, under a group number of the caller's. */
  add(group: number, bytes: Uint8Array, start: number, stop: number, tail?: Uint8Array): void;
  /** Forgets a group's head; its number may be used again. */
  remove(group: number): void;
  readonly size: number;
}

/** An empty index. */
export function headIndex(): HeadIndex {
  let arena = new Uint8Array(1 << 16);
  let view = new DataView(arena.buffer);
  let used = 0;
  let wasted = 0;
  // Four numbers a group, side by side, because whoever needs one needs the others: one miss of the cache instead of four.
  let entries = new Uint32Array(1024 * ENTRY);
  let table = new Int32Array(2048).fill(EMPTY);
  let size = 0;
  let removed = 0;

  const same = (group: number, bytes: Uint8Array, start: number, length: number): boolean => {
    if (entries[group * ENTRY + LENGTH] !== length) return false;
    const from = entries[group * ENTRY + START] as number;
    for (let i = 0; i < length; i++) if (arena[from + i] !== bytes[start + i]) return false;
    return true;
  };

  const place = (group: number, hash: number): void => {
    const mask = table.length - 1;
    let at = hash & mask;
    while ((table[at] ?? EMPTY) >= 0) at = (at + 1) & mask;
    table[at] = group;
  };

  const rebuild = (length: number): void => {
    const old = table;
    table = new Int32Array(length).fill(EMPTY);
    removed = 0;
    for (const group of old) if (group >= 0) place(group, entries[group * ENTRY + HASH] as number);
  };

  const compact = (): void => {
    const fresh = new Uint8Array(Math.max(1 << 16, (used - wasted) * 2));
    let at = 0;
    for (const group of table) {
      if (group < 0) continue;
      const entry = group * ENTRY;
      const from = entries[entry + START] as number;
      const length = (entries[entry + LENGTH] as number) + (entries[entry + TAIL] as number);
      fresh.set(arena.subarray(from, from + length), at);
      entries[entry + START] = at;
      at += length;
    }
    arena = fresh;
    view = new DataView(arena.buffer);
    used = at;
    wasted = 0;
  };

  return {
    get arena() {
      return view;
    },
    get size() {
      return size;
    },
    start: (group) => entries[group * ENTRY + START] as number,
    length: (group) => entries[group * ENTRY + LENGTH] as number,
    tailLength: (group) => entries[group * ENTRY + TAIL] as number,

    find(bytes, start, stop) {
      const mask = table.length - 1;
      for (let at = hashOf(bytes, start, stop) & mask; ; at = (at + 1) & mask) {
        const group = table[at] ?? EMPTY;
        if (group === EMPTY) return -1;
        if (group >= 0 && same(group, bytes, start, stop - start)) return group;
      }
    },

    add(group, bytes, start, stop, tail = NO_TAIL) {
      const length = stop - start;
      const room = length + tail.length;
      if ((group + 1) * ENTRY > entries.length) entries = grown(entries, new Uint32Array(entries.length * 2));
      if (used + room > arena.length) {
        arena = grown(arena, new Uint8Array(Math.max(arena.length * 2, used + room)));
        view = new DataView(arena.buffer);
      }
      if ((size + removed + 1) * 2 > table.length) rebuild(size * 4 > table.length ? table.length * 2 : table.length);
      arena.set(bytes.subarray(start, stop), used);
      arena.set(tail, used + length);
      const hash = hashOf(bytes, start, stop);
      entries.set([used, length, tail.length, hash], group * ENTRY);
      used += room;
      size++;
      place(group, hash);
    },

    remove(group) {
      const mask = table.length - 1;
      for (let at = (entries[group * ENTRY + HASH] as number) & mask; table[at] !== EMPTY; at = (at + 1) & mask) {
        if (table[at] !== group) continue;
        table[at] = REMOVED;
        removed++;
        size--;
        wasted += (entries[group * ENTRY + LENGTH] as number) + (entries[group * ENTRY + TAIL] as number);
        if (wasted > 1 << 20 && wasted * 2 > used) compact();
        return;
      }
    },
  };
}

/** The same numbers at the start of a longer array. */
export function grown<Column extends Float64Array | Uint32Array | Int32Array | Uint8Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}

// FNV-1a (Fowler, Noll, Vo), 32 bits, with a last mix because tables take the low bits.
function hashOf(bytes: Uint8Array, start: number, stop: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < stop; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
