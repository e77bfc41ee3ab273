import type { CommandOptions, PresetName } from './command/index.ts';
import type { OwnCommand } from './command/own-command.ts';
import { presets } from './command/presets.ts';
import type { NamedSource, SourceGroup } from './group.ts';

/** By which way NVIDIA's cards may be read: the best there is, one alone, or none. */
export const nvidiaWays = ['auto', 'nvml', 'nvidia-smi', 'node-nvidia-smi', 'off'] as const;

/** What the GPU probe's child is told by the agent. */
export interface GpuProbeConfig {
  /** Where the machine's /proc and /sys are. */
  readonly root: string;
  /** Milliseconds between two readings. */
  readonly period: number;
  readonly nvidia: (typeof nvidiaWays)[number];
  /** Path of NVML's library, where it is not among the system's. */
  readonly nvml?: string | undefined;
  /** Path of nvidia-smi, where it is not in PATH. */
  readonly nvidia_smi?: string | undefined;
  /** Tools of other vendors. */
  readonly commands: readonly PresetName[];
  /** A tool that the configuration describes. */
  readonly command?: OwnCommand | undefined;
}

// What it runs dumps all that nvidia-smi knows.
const NODE_NVIDIA_SMI_PERIOD_MS = 10_000;

/** The groups of sources that a configuration asks for, each loaded only when it is tried. */
export function sourceGroups(config: GpuProbeConfig): readonly SourceGroup[] {
  const { period, nvidia, command } = config;
  const ways = nvidiaSources(config).filter(({ name }) => nvidia === 'auto' || nvidia === name);
  return [
    ...(ways.length === 0 ? [] : [{ name: 'nvidia', period, sources: ways }]),
    { name: 'amd', period, sources: [{ name: 'amd', open: async (context) => (await import('./amd/index.ts')).openAmd(context) }] },
    { name: 'intel', period, sources: [{ name: 'intel', open: async (context) => (await import('./intel/index.ts')).openIntel(context) }] },
    ...config.commands.map((preset) => commandGroup(preset, period, presets[preset].everyMs, { preset })),
    ...(command === undefined ? [] : [commandGroup(command.vendor, period, command.every, { command })]),
  ];
}

function commandGroup(name: string, period: number, slowest: number, options: CommandOptions): SourceGroup {
  return {
    name,
    period,
    sources: [{ name, slowest, open: async (context) => (await import('./command/index.ts')).openCommand(context, options) }],
  };
}

/** In the order in which they are tried. */
function nvidiaSources({ nvml, nvidia_smi }: GpuProbeConfig): readonly NamedSource[] {
  return [
    { name: 'nvml', open: async (context) => (await import('./nvml/index.ts')).openNvml(context, { library: nvml }) },
    {
      name: 'nvidia-smi',
      open: async (context) =>
        (await import('./nvidia-smi/index.ts')).openNvidiaSmi(context, nvidia_smi === undefined ? {} : { program: nvidia_smi }),
    },
    {
      name: 'node-nvidia-smi',
      slowest: NODE_NVIDIA_SMI_PERIOD_MS,
      open: async (context) => (await import('./node-nvidia-smi/index.ts')).openNodeNvidiaSmi(context),
    },
  ];
}
