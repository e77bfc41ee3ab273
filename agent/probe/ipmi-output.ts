// What the tools print of a DCMI power reading: ipmitool 1.8 (lib/ipmi_dcmi.c, ipmi_dcmi_pwr_rd), freeipmi (ipmi-dcmi.c) and ipmiutil.

const WATTS = /^\s*(?:Instantaneous power reading|Current Power)\s*:\s*(\d+(?:\.\d+)?)\s*watts?\b/im;
const STATE = /^\s*(?:Power reading state is|Power Measurement)\s*:\s*(.*?)\s*$/im;

// No node draws more; controllers without a value answer 0 or all ones (65535).
const MOST = 20_000;

/**
 * The watts in the output of `ipmitool dcmi power reading`, `ipmi-dcmi --get-system-power-statistics` or `ipmiutil dcmi power`.
 *
 * @throws Error saying why there are none: output that breaks off, a measurement that is off, or a value that cannot be.
 */
export function parseDcmi(output: string): number {
  const [, state] = STATE.exec(output) ?? [];
  if (state === undefined) throw new Error('the output does not say whether power is measured');
  if (!/^(activated|active)$/i.test(state)) throw new Error(`the BMC does not measure power: ${state}`);
  const watts = Number(WATTS.exec(output)?.[1]);
  if (Number.isNaN(watts)) throw new Error('the output has no power reading');
  if (watts <= 0 || watts > MOST) throw new Error(`the BMC answers ${watts} W`);
  return watts;
}
