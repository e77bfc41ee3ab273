import { grant } from '../grant.ts';
import type { Host } from '../host.ts';
import { ALLOW_PERF } from '../probe/perf.ts';
import type { Row } from './row.ts';

// Bits of CapEff in /proc/self/status (include/uapi/linux/capability.h), and what the agent can do with each.
const CAPABILITIES: readonly { readonly name: string; readonly bit: bigint; readonly does: string }[] = [
  { name: 'CAP_DAC_READ_SEARCH', bit: 2n, does: "files that only root may read: RAPL's counters, Lustre in debugfs" },
  { name: 'CAP_SYS_PTRACE', bit: 19n, does: "other users' processes: the I/O and the environment of jobs" },
];
const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;

/** What this process may read beyond what everybody may; `self` is the machine it runs on, whatever it is told to read. */
export function examineRights(self: Host, host: Host): readonly Row[] {
  const effective = effectiveCapabilities(self);
  if (effective === undefined) return [{ state: 'missing', name: 'capabilities', why: 'the system does not tell them' }];
  const has = (bit: bigint): boolean => ((effective >> bit) & 1n) === 1n;
  return [
    ...CAPABILITIES.map(({ name, bit, does }): Row => {
      return has(bit)
        ? { state: 'ok', name: 'capabilities', why: `${name}, for ${does}` }
        : { state: 'missing', name: 'capabilities', why: `no ${name}, for ${does}`, fix: grant(name) };
    }),
    perf(host, has(CAP_PERFMON) || has(CAP_SYS_ADMIN)),
  ];
}

function effectiveCapabilities(self: Host): bigint | undefined {
  const [, mask] = /^CapEff:\s*([0-9a-f]+)$/m.exec(self.text('/proc/self/status') ?? '') ?? [];
  return mask === undefined ? undefined : BigInt(`0x${mask}`);
}

// Counters of a whole cgroup are of others' processes: allowed below 1, or with the capability (Documentation/admin-guide/sysctl/kernel.rst).
function perf(host: Host, allowed: boolean): Row {
  const name = 'perf events';
  const level = host.text('/proc/sys/kernel/perf_event_paranoid');
  if (level === undefined) return { state: 'missing', name, why: 'the kernel has no perf events' };
  const why = `perf_event_paranoid is ${level}`;
  if (allowed || Number(level) < 1) return { state: 'ok', name, why: `${why}: CPU counters of jobs can be read` };
  return {
    state: 'missing',
    name,
    why: `${why}: no CPU counters of jobs`,
    fix: `sysctl kernel.perf_event_paranoid=0   (and in the agent's unit: ${ALLOW_PERF})`,
  };
}
