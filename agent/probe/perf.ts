import { Unavailable } from '../contract/errors.ts';
import type { Finding } from '../finding.ts';
import { grant } from '../grant.ts';
import type { Host } from '../host.ts';
import { probeCommand } from './command.ts';
import type { PerfEvent } from './perf-events.ts';
import { openProbe } from './probe.ts';

/** What a cgroup has counted since it was first asked about, by event; an event that this machine does not count is absent. */
export type PerfCounts = Readonly<Partial<Record<PerfEvent, number>>>;

/** Counters of cgroups, held by a child process. */
export interface Perf {
  /**
   * What the processes of a cgroup have counted; `path` is its directory on the machine, in the perf_event hierarchy or in v2. Asked
   * once more within a minute after the cgroup has gone, it still answers.
   *
   * @throws Unavailable with what is in the way of counting it; Transient where the child does not answer.
   */
  counts(path: string): Promise<PerfCounts>;
  hung(): boolean;
  close(): void;
}

/** Which events are counted on which machine. */
export interface PerfOptions {
  readonly host: Host;
  readonly events: readonly PerfEvent[];
  /** The child, where it is not this agent. */
  readonly command?: readonly string[];
}

/**
 * Opens the counters; the child starts with the first question.
 *
 * @throws Unavailable where this agent may not count what others do, with what would mend it.
 */
export function openPerf({ host, events, command = probeCommand('perf') }: PerfOptions): Perf {
  const { found, why, fix } = examinePerf(host);
  if (!found) throw new Unavailable(fix === undefined ? why : `${why}; ${fix}`);
  const probe = openProbe({ name: 'perf', command });
  const names = events.join(',');
  return {
    async counts(path) {
      const { values, error } = await probe.ask(`${names} ${host.path(path)}`);
      if (values === undefined) throw new Unavailable(error ?? 'no counter was answered');
      return values;
    },
    hung: () => probe.hung(),
    close: () => probe.close(),
  };
}

/** What the agent's unit needs beside the right: its filter lets no counter be opened otherwise (systemd.exec(5), `@debug`). */
export const ALLOW_PERF = 'SystemCallFilter=perf_event_open';

// include/uapi/linux/capability.h
const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;

/** Whether this agent may count what the processes of others do (Documentation/admin-guide/perf-security.rst). */
export function examinePerf(host: Host): Finding {
  const source = 'perf counters of jobs';
  const paranoid = host.text('/proc/sys/kernel/perf_event_paranoid');
  if (paranoid === undefined) return { source, found: false, why: 'this kernel has no perf events, or hides them from a container' };
  const [, mask] = /^CapEff:\s*([0-9a-f]+)$/m.exec(host.text('/proc/self/status') ?? '') ?? [];
  const held = BigInt(`0x${mask ?? '0'}`);
  const able = [CAP_SYS_ADMIN, CAP_PERFMON].some((bit) => (held >> bit) % 2n === 1n);
  if (able || Number(paranoid) <= 0)
    return { source, found: true, why: able ? 'CAP_PERFMON' : `kernel.perf_event_paranoid is ${paranoid}` };
  return {
    source,
    found: false,
    why: `kernel.perf_event_paranoid is ${paranoid}, and the agent has not CAP_PERFMON`,
    fix: `${grant('CAP_PERFMON')} (CAP_SYS_ADMIN before Linux 5.8), ${ALLOW_PERF}`,
  };
}
