/** A sum over members that come and go: what one had counted when it was seen last stays in the sum. */
export interface LastingSum {
  /** Starts to add up anew what is there. */
  begin(): void;
  /** What a member that is there has counted; NaN makes the sum unknown for this time. */
  add(value: number): void;
  /** What a member that has gone had counted. */
  keep(value: number): void;
  /** The sum, never less than it was; NaN before anything was added. */
  readonly total: number;
}

/** A sum of nothing. */
export function openLastingSum(): LastingSum {
  let kept = 0;
  let present = 0;
  let members = 0;
  let highest = Number.NaN;
  return {
    begin() {
      present = 0;
      members = 0;
    },
    add(value) {
      present += value;
      members++;
    },
    keep(value) {
      if (!Number.isNaN(value)) kept += value;
    },
    get total() {
      // Without a member there is nothing to tell from a node where they may not be read.
      const sum = members === 0 && Number.isNaN(highest) ? Number.NaN : kept + present;
      if (Number.isNaN(sum)) return Number.NaN;
      if (!(highest >= sum)) highest = sum;
      return highest;
    },
  };
}
