import { Unavailable } from '../../../contract/errors.ts';
import type { GpuSource, GpuSourceContext } from '../source.ts';

/** Vendors' tools that are known here. */
export const presetNames = ['kunlunxin', 'ascend', 'gaudi'] as const;

/** A known tool by name. */
export type PresetName = (typeof presetNames)[number];

/** A tool of one's own: what is run, and what its columns mean. */
export interface CommandOptions {
  readonly preset?: PresetName;
}

/** Accelerators through a vendor's command, every 5 s at most. */
export async function openCommand(context: GpuSourceContext, options: CommandOptions): Promise<GpuSource> {
  throw new Unavailable(`${options.preset ?? 'command'} is not read yet on ${context.host.root}`);
}
