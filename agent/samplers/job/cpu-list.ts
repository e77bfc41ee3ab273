/** How many CPUs a list of the kernel's names (`0-3,8`, cpuset(7) list format); NaN where it is none or empty. */
export function cpusIn(list: string | undefined): number {
  let cpus = 0;
  for (const part of (list ?? '').split(',')) {
    const [, first, last] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    if (first === undefined) return Number.NaN;
    cpus += Number(last ?? first) - Number(first) + 1;
  }
  return cpus > 0 ? cpus : Number.NaN;
}

/** The lesser of two bounds; one that is not known is none. */
export function lesser(one: number, other: number): number {
  if (Number.isNaN(one)) return other;
  return other < one ? other : one;
}
