import type { Host } from '../../host.ts';

const CPUS = '/sys/devices/system/cpu';
const POLICIES = `${CPUS}/cpufreq`;

/**
 * How many CPUs each governor rules. Reads one file a policy and one of its CPUs; never scaling_cur_freq or cpuinfo_cur_freq, which ask
 * the CPU and can take 20 ms each.
 */
export function countGovernors(host: Host): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (folder: string, cpus: number): void => {
    const governor = host.text(`${folder}/scaling_governor`) ?? '';
    if (governor !== '' && cpus > 0) counts.set(governor, (counts.get(governor) ?? 0) + cpus);
  };
  const policies = host.list(POLICIES).filter((name) => /^policy\d+$/.test(name));
  for (const policy of policies) add(`${POLICIES}/${policy}`, listed(host.text(`${POLICIES}/${policy}/affected_cpus`)));
  if (policies.length > 0) return counts;
  // Before Linux 4.3 each CPU has the folder itself.
  for (const cpu of host.list(CPUS)) if (/^cpu\d+$/.test(cpu)) add(`${CPUS}/${cpu}/cpufreq`, 1);
  return counts;
}

// Of a policy all of whose CPUs are offline, nothing is listed.
function listed(cpus: string | undefined): number {
  return (cpus ?? '').split(' ').filter((cpu) => cpu !== '').length;
}
