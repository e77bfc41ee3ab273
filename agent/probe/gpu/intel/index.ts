import { Unavailable } from '../../../contract/errors.ts';
import type { GpuSource, GpuSourceContext } from '../source.ts';

/** Intel GPUs from /sys. */
export function openIntel(context: GpuSourceContext): GpuSource {
  throw new Unavailable(`not read yet on ${context.host.root}`);
}
