import type { Clock } from './clock.ts';
import type { EnabledSampler } from './config.ts';
import type { GpuBoard } from './gpu-board.ts';
import type { Host } from './host.ts';
import type { Log } from './log.ts';
import type { Readings } from './readings.ts';
import { supervise } from './supervised.ts';
import type { Supervised } from './supervised.ts';

/** What every sampler of an agent shares. */
export interface SamplerSurroundings {
  readonly host: Host;
  readonly readings: Readings;
  readonly clock: Clock;
  readonly log: Log;
  readonly gpus: GpuBoard;
  /** Ends when the agent stops. */
  readonly signal: AbortSignal;
}

/** A sampler of the configuration, looked after and reporting into the readings. */
export function openSampler(
  { kind, options, period }: EnabledSampler,
  { host, readings, clock, log, gpus, signal }: SamplerSurroundings,
): Supervised {
  const open = (): ReturnType<typeof kind.open> =>
    kind.open({
      options,
      host,
      period,
      gpus,
      log,
      signal,
      series: (metric, labels?: Readonly<Record<string, string>>) => readings.series(metric, labels ?? {}),
    });
  return supervise({ name: kind.name, open, clock, log });
}

/** The labels on every sample of the node. */
export function nodeLabels(config: {
  readonly cluster: string;
  readonly instance: string;
  readonly labels: Readonly<Record<string, string>>;
}) {
  return { ...config.labels, cluster: config.cluster, instance: config.instance };
}
