import type { Host } from '../../host.ts';
import { probeCommand } from '../../probe/command.ts';
import type { ProbeName } from '../../probe/command.ts';
import { openProbe } from '../../probe/probe.ts';
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
