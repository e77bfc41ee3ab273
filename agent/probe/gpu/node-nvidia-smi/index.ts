import { dirname } from 'node:path';
import { Transient, Unavailable } from '../../../contract/errors.ts';
import type { DeviceReading } from '../../../samplers/gpu/reading.ts';
import { probeCommand } from '../../command.ts';
import { runOnce } from '../../run-once.ts';
import { findProgram } from '../command/find-program.ts';
import { openPace } from '../command/pace.ts';
import { commandEnv } from '../command/run-command.ts';
import { endingOf } from '../nvidia-smi/query.ts';
import type { GpuSource, GpuSourceContext } from '../source.ts';
import { isGroup } from './element.ts';
import { readSmiLog } from './xml.ts';

/** How the package is run. */
export interface NodeNvidiaSmiOptions {
  /** Program and arguments of the child that prints what the package answers; this agent as `--probe node-nvidia-smi` by default. */
  readonly command?: readonly string[];
  /** How long nvidia-smi may take; 15 s by default. */
  readonly deadlineMs?: number;
}

const EVERY_MS = 10_000;
const DEADLINE_MS = 15_000;

/**
 * NVIDIA GPUs through the npm package node-nvidia-smi, every 10 s at most: the last resort, as each reading starts a shell and has
 * nvidia-smi dump all that it knows (of more than some 16 cards more than the package takes). A reading waits until it is time.
 *
 * @throws Unavailable where there is no nvidia-smi, or none that finds a GPU; Transient where it does not answer in time: then it is killed.
 */
export async function openNodeNvidiaSmi(context: GpuSourceContext, options: NodeNvidiaSmiOptions = {}): Promise<GpuSource> {
  const { host, calling, signal } = context;
  const { command = probeCommand('node-nvidia-smi'), deadlineMs = DEADLINE_MS } = options;
  const program = findProgram(host, 'nvidia-smi');
  if (program === undefined) throw new Unavailable('there is no nvidia-smi; install the utilities of the NVIDIA driver (nvidia-utils)');
  // The package takes the first that its shell finds.
  const env = { ...commandEnv(), PATH: `${dirname(program)}:${process.env['PATH'] ?? ''}` };
  const pace = openPace(EVERY_MS, signal);

  const ask = async (): Promise<readonly DeviceReading[]> => {
    await pace.begin();
    calling('nvidia-smi -q -x');
    const answer = await runOnce(command, deadlineMs, signal, env);
    if (isGroup(answer) && typeof answer['unavailable'] === 'string') throw endingOf(answer['unavailable'].slice(0, 300));
    const devices = readSmiLog(answer);
    if (devices.length === 0) throw new Transient('nvidia-smi -q -x tells of no GPU');
    return devices;
  };
  let first: readonly DeviceReading[] | undefined = await ask();
  return {
    async read() {
      const devices = first ?? (await ask());
      first = undefined;
      return { source: 'node-nvidia-smi', at: host.now(), devices };
    },
    close: () => undefined,
  };
}
