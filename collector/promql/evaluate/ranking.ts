/** The foremost few of many values, with ties resolved as Prometheus resolves them: by a heap of Go's `container/heap` and Go's sort. */
export interface Ranking {
  /** Starts anew, for so many at most. */
  clear(size: number): void;
  add(value: number, member: number): void;
  /** The members that have been kept, the first one first; asked for once. */
  foremost(): readonly number[];
}

/** Go sorts up to this many by insertion, which is stable. */
const INSERTION_AT_MOST = 12;

/** A ranking of the largest or smallest values; NaN comes after all others. */
export function createRanking(op: 'topk' | 'bottomk', most: number): Ranking {
  const values = new Float64Array(most);
  const members = new Int32Array(most);
  let size = 0;
  let length = 0;
  // Whether one stands nearer to being given up.
  const isWorse = op === 'topk' ? (a: number, b: number) => a < b : (a: number, b: number) => a > b;
  const less = (i: number, j: number): boolean => Number.isNaN(values[i]) || isWorse(values[i] as number, values[j] as number);

  function swap(i: number, j: number): void {
    const [value, member] = [values[i] as number, members[i] as number];
    values[i] = values[j] as number;
    members[i] = members[j] as number;
    values[j] = value;
    members[j] = member;
  }

  function up(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!less(at, parent)) return;
      swap(parent, at);
      at = parent;
    }
  }

  function down(): void {
    for (let at = 0; ;) {
      let child = 2 * at + 1;
      if (child >= length) return;
      if (child + 1 < length && less(child + 1, child)) child++;
      if (!less(child, at)) return;
      swap(at, child);
      at = child;
    }
  }

  function sortByInsertion(): readonly number[] {
    for (let from = 1; from < length; from++) for (let at = from; at > 0 && less(at - 1, at); at--) swap(at, at - 1);
    return Array.from(members.subarray(0, length));
  }

  /** How far the first comes after the second. */
  function comesAfter(a: number, b: number): number {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a === b ? 0 : isWorse(a, b) ? 1 : -1;
  }

  return {
    clear(sizeAtMost) {
      size = sizeAtMost;
      length = 0;
    },
    add(value, member) {
      if (length < size) {
        values[length] = value;
        members[length] = member;
        length++;
        up(length - 1);
      } else if (isWorse(values[0] as number, value) || (Number.isNaN(values[0]) && !Number.isNaN(value))) {
        values[0] = value;
        members[0] = member;
        down();
      }
    },
    foremost() {
      if (length <= INSERTION_AT_MOST) return sortByInsertion();
      const places = Array.from({ length }, (_, at) => at);
      return places.sort((a, b) => comesAfter(values[a] as number, values[b] as number)).map((at) => members[at] as number);
    },
  };
}
