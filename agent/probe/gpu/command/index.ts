import { Transient, Unavailable } from '../../../contract/errors.ts';
import type { DeviceReading } from '../../../samplers/gpu/reading.ts';
import type { GpuSource, GpuSourceContext } from '../source.ts';
import { findProgram } from './find-program.ts';
import { ownTool } from './own-command.ts';
import type { OwnCommand } from './own-command.ts';
import { openPace } from './pace.ts';
import { presets } from './presets.ts';
import { openCommandRunner, saidBy } from './run-command.ts';
import type { CommandOutput } from './run-command.ts';
import { EVERY_MIN_MS } from './tool.ts';
import type { Tool } from './tool.ts';

/** A known tool by name. */
export type PresetName = keyof typeof presets;

/** Vendors' tools that are known here. */
export const presetNames = Object.keys(presets) as readonly PresetName[];

/** A known tool, or one of one's own. */
export type CommandOptions = { readonly preset: PresetName } | { readonly command: OwnCommand };

/**
 * Accelerators through a vendor's command, run anew for every reading, every 5 s at most: a reading waits until it is time.
 *
 * @throws Unavailable where there is no such program, or one of another vendor; Transient where it does not answer.
 */
export async function openCommand(context: GpuSourceContext, options: CommandOptions): Promise<GpuSource> {
  const tool: Tool = 'preset' in options ? presets[options.preset] : ownTool(options.command);
  const program = findProgram(context.host, tool.program, tool.folders);
  if (program === undefined) throw new Unavailable(`there is no ${tool.program}; ${tool.mend}`);
  const runner = openCommandRunner(program, context.signal);
  const pace = openPace(Math.max(tool.everyMs, EVERY_MIN_MS), context.signal);

  const ask = async (): Promise<CommandOutput> => {
    await pace.begin();
    context.calling(`${tool.program} ${tool.args[0] ?? ''}`.trim());
    return runner.run(tool.args, tool.timeoutMs);
  };
  const answer = await ask();
  let first: readonly DeviceReading[] | undefined = tool.read(answer.stdout);
  if (first.length === 0) throw nothing(tool, answer);
  return {
    async read() {
      const devices = first ?? devicesIn(tool, await ask());
      first = undefined;
      return { source: tool.name, at: context.host.now(), devices };
    },
    close: () => undefined,
  };
}

function devicesIn(tool: Tool, answer: CommandOutput): readonly DeviceReading[] {
  const devices = tool.read(answer.stdout);
  if (devices.length === 0) throw new Transient(`${tool.program} tells of no device: ${saidBy(answer)}`);
  return devices;
}

function nothing(tool: Tool, answer: CommandOutput): Unavailable {
  const other = tool.otherOf?.(`${answer.stdout} ${answer.stderr}`);
  if (other !== undefined) return new Unavailable(`${tool.program} is that of ${other}; ${tool.mend}`);
  return new Unavailable(`${tool.program} tells of no device (${saidBy(answer)}); ${tool.mend}`);
}
