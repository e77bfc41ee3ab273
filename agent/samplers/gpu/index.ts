import { choice, list, optionalText } from '../../contract/fields.ts';
import { probeCommand } from '../../probe/command.ts';
import { presetNames } from '../../probe/gpu/command/index.ts';
import type { PresetName } from '../../probe/gpu/command/index.ts';
import { ownCommandField } from '../../probe/gpu/command/own-command.ts';
import { nvidiaWays } from '../../probe/gpu/sources.ts';
import { defineSampler } from '../../sampler.ts';
import { examineGpus } from './examine.ts';
import { metrics } from './metrics.ts';
import { openGpuSampler } from './sampler.ts';
import type { GpuOptions } from './sampler.ts';

export default defineSampler({
  name: 'gpu',
  summary: 'GPUs: load, memory, heat, watts, clocks, health and processes, read by a child process that may hang.',
  metrics,
  options: {
    nvidia: choice(nvidiaWays, 'auto', "How NVIDIA's cards are read: auto takes the first that works."),
    nvml: optionalText("Path of NVML's library; libnvidia-ml.so.1 among the system's."),
    nvidia_smi: optionalText('Path of nvidia-smi; the one in PATH.'),
    commands: list([], `Tools for the cards of others, run every 10 s: ${presetNames.join(', ')}.`, (name) =>
      presetNames.some((preset) => preset === name)
        ? undefined
        : { problem: `"${name}" is not known here`, suggestion: `take ${presetNames.join(', ')}, or describe it under command` },
    ),
    command: ownCommandField,
  },
  open: (context) => openGpuSampler({ ...context, options: ownOptions(context.options) }, probeCommand('gpu')),
  examine: (host, options) => examineGpus(host, ownOptions(options)),
});

// The field has checked the names, which its type cannot say.
function ownOptions(options: Omit<GpuOptions, 'commands'> & { readonly commands: readonly string[] }): GpuOptions {
  return { ...options, commands: options.commands as readonly PresetName[] };
}
