import type { Host } from '../../host.ts';
import { probeCommand } from '../../probe/command.ts';
import type { ProbeName } from '../../probe/command.ts';
import { openProbe } from '../../probe/probe.ts';
import { runtimeMetrics } from '../../runtime-metrics.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { lastingProbe } from './lasting-probe.ts';
import type { LastingProbe } from './lasting-probe.ts';
import { openPace } from './pace.ts';
import type { Pace } from './pace.ts';

/** How a slow source is asked; outlives the source, so that trying it again does not forget how it failed. */
export interface Way {
  readonly pace: Pace;
  readonly probe: LastingProbe;
}

/** A way of its own: asked every `periodMs` in a child process, which counts as hanging after `softMs`. */
export function openWay(host: Host, name: ProbeName, periodMs: number, softMs: number): Way {
  const open = () => openProbe({ name, command: probeCommand(name), softMs, now: () => host.now() });
  return { pace: openPace(periodMs), probe: lastingProbe(open) };
}

/** Says each round whether a child of this name hangs, as soon as one of the ways has been asked. */
export function tellHung(series: SamplerContext<unknown>['series'], probe: ProbeName, ways: readonly Way[]): () => void {
  let gauge: Series | undefined;
  return () => {
    let state: boolean | undefined;
    for (const way of ways) {
      const hung = way.probe.hung();
      if (hung !== undefined) state = hung || state === true;
    }
    if (state === undefined) return;
    gauge ??= series(runtimeMetrics.vigie_agent_probe_hung, { probe });
    gauge.set(state ? 1 : 0);
  };
}
