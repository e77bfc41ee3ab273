/** The probes that `--probe NAME` starts in a process of their own. */
export type ProbeName = 'statfs' | 'inventory' | 'meter' | 'ipmi' | 'gpu' | 'node-nvidia-smi' | 'perf';

/** How this agent is started as a probe: as itself, because it may be one bundled file. */
export function probeCommand(name: ProbeName): readonly string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '', '--probe', name];
}
