/** Energy summed up of watts, by trapezoids over the times at which they were read. */
export interface Integral {
  /** Joules so far. */
  readonly joules: number;
  /** Adds a reading; one that is not known is passed over. */
  add(at: number, watts: number): void;
}

/** An integral that bridges no gap longer than `gapMs`: what was drawn then is not known, and not counted. */
export function openIntegral(gapMs: number): Integral {
  let joules = 0;
  let lastAt = Number.NaN;
  let last = Number.NaN;
  return {
    get joules() {
      return joules;
    },
    add(at, watts) {
      if (Number.isNaN(watts)) return;
      const passed = at - lastAt;
      if (passed > 0 && passed <= gapMs) joules += ((last + watts) / 2) * (passed / 1000);
      lastAt = at;
      last = watts;
    },
  };
}
