/** How the values of a series are kept as whole numbers: value = units × factor / divisor. */
export interface Scale {
  readonly factor: number;
  /** 1, 10, 100, …: as many decimals as the values have. */
  readonly divisor: number;
}

/** Nanoseconds: nothing that is measured has more decimals. */
const MOST_DECIMALS = 9;
/** One value in so many may be no such number and be kept as it is; where there are more, all are. */
const EXCEPTIONS = 8;
/** So many values say whether it is worth looking at the others. */
const FIRST = 32;

const DIVISORS = Float64Array.from({ length: MOST_DECIMALS + 1 }, (_, decimals) => 10 ** decimals);

/**
 * Finds the scale of the first `length` values and puts their units into `units`, NaN for those that are kept as they are. Every other
 * value is exactly `units × factor / divisor` in double precision.
 *
 * @returns undefined where too few values are whole numbers of anything.
 */
export function scaleOf(values: Float64Array, length: number, units: Float64Array): Scale | undefined {
  const decimals = decimalsOf(values, length);
  if (decimals === undefined) return undefined;
  const divisor = DIVISORS[decimals] as number;
  let exceptions = 0;
  let factor = 0;
  for (let at = 0; at < length; at++) {
    const value = values[at] as number;
    const whole = Math.round(value * divisor);
    const exact = isExact(value, whole, divisor);
    units[at] = exact ? whole : Number.NaN;
    if (!exact) exceptions++;
    else if (factor !== 1 && whole !== 0 && (factor === 0 || whole % factor !== 0)) factor = commonDivisor(factor, Math.abs(whole));
  }
  if (exceptions * EXCEPTIONS > length) return undefined;
  if (factor > 1) for (let at = 0; at < length; at++) units[at] = (units[at] as number) / factor;
  return { factor: Math.max(1, factor), divisor };
}

function decimalsOf(values: Float64Array, length: number): number | undefined {
  let decimals = 0;
  let exceptions = 0;
  for (let at = 0; at < length; at++) {
    const value = values[at] as number;
    let needed = decimals;
    while (needed <= MOST_DECIMALS) {
      const divisor = DIVISORS[needed] as number;
      if (isExact(value, Math.round(value * divisor), divisor)) break;
      needed++;
    }
    if (needed <= MOST_DECIMALS) decimals = needed;
    else if (++exceptions * EXCEPTIONS > Math.max(length, FIRST) || (at < FIRST && exceptions * 2 > FIRST)) return undefined;
  }
  return decimals;
}

// Up to here whole numbers and the differences of any two are doubles. (The live file's compression does not tell -0 from 0.)
const MOST_UNITS = 2 ** 52;

function isExact(value: number, whole: number, divisor: number): boolean {
  return whole / divisor === value && whole <= MOST_UNITS && whole >= -MOST_UNITS;
}

function commonDivisor(one: number, other: number): number {
  let [larger, smaller] = [one, other];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
