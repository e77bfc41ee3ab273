import { Unavailable } from '../../../contract/errors.ts';
import type { GpuSource, GpuSourceContext } from '../source.ts';

/** How the package is run. */
export interface NodeNvidiaSmiOptions {
  /** Program and arguments of the child that prints what the package answers; this agent as `--probe node-nvidia-smi` by default. */
  readonly command?: readonly string[];
}

/** NVIDIA GPUs through the npm package node-nvidia-smi, every 10 s at most: the last resort. */
export async function openNodeNvidiaSmi(context: GpuSourceContext, options: NodeNvidiaSmiOptions = {}): Promise<GpuSource> {
  throw new Unavailable(`node-nvidia-smi is not read yet on ${context.host.root} ${options.command?.length ?? ''}`);
}
