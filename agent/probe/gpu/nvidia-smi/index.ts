import { Unavailable } from '../../../contract/errors.ts';
import type { GpuSource, GpuSourceContext } from '../source.ts';

/** How `nvidia-smi` is run. */
export interface NvidiaSmiOptions {
  /** A name to look for on PATH, or an absolute path; both below the host's root. `nvidia-smi` by default. */
  readonly program?: string;
}

/** NVIDIA GPUs through one `nvidia-smi --query-gpu` that stays: the fallback where NVML cannot be loaded. */
export async function openNvidiaSmi(context: GpuSourceContext, options: NvidiaSmiOptions = {}): Promise<GpuSource> {
  throw new Unavailable(`${options.program ?? 'nvidia-smi'} is not read yet on ${context.host.root}`);
}
