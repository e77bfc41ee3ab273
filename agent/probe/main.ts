import { runGpuProbe } from './gpu/child.ts';
import { runNodeNvidiaSmiProbe } from './gpu/node-nvidia-smi/child.ts';
import { runInventoryProbe } from './inventory-child.ts';
import { runIpmiProbe } from './ipmi-child.ts';
import { runMeterProbe } from './meter-child.ts';
import { runPerfProbe } from './perf-child.ts';
import { runStatfsProbe } from './statfs-child.ts';

const probes: Readonly<Record<string, () => void | Promise<void>>> = {
  statfs: runStatfsProbe,
  inventory: runInventoryProbe,
  meter: runMeterProbe,
  ipmi: runIpmiProbe,
  gpu: runGpuProbe,
  'node-nvidia-smi': runNodeNvidiaSmiProbe,
  perf: runPerfProbe,
};

/** Runs this process as the probe that `--probe NAME` asks for. Throws where there is none of that name. */
export async function runProbe(name: string): Promise<void> {
  const run = Object.hasOwn(probes, name) ? probes[name] : undefined;
  if (run === undefined) throw new Error(`there is no probe ${name}; there are ${Object.keys(probes).join(', ')}`);
  await run();
}
