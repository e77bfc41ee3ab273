import { Unavailable } from '../../../contract/errors.ts';
import type { GpuSource, GpuSourceContext } from '../source.ts';

/** Amd GPUs from /sys. */
export function openAmd(context: GpuSourceContext): GpuSource {
  throw new Unavailable(`not read yet on ${context.host.root}`);
}
