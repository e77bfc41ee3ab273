import type { Host } from '../../../host.ts';

/** A clock's steps, in hertz; NaN where the file does not tell. */
export interface ClockSteps {
  readonly now: number;
  readonly max: number;
}

/** Reads `pp_dpm_sclk` or `pp_dpm_mclk`: a line `1: 991Mhz *` a step, with a star at the present one. */
export function clockSteps(host: Host, path: string): ClockSteps {
  let now = Number.NaN;
  let max = Number.NaN;
  for (const [, megahertz, star] of (host.text(path) ?? '').matchAll(/^\w+: (\d+)Mhz *(\*?)/gim)) {
    const hertz = Number(megahertz) * 1e6;
    if (star === '*') now = hertz;
    if (!(hertz <= max)) max = hertz;
  }
  return { now, max };
}
