import type { Finding } from '../../finding.ts';
import type { Host } from '../../host.ts';
import { findZones, POWERCAP } from './zones.ts';

/** Loads the driver, where the CPU has RAPL (drivers/powercap/intel_rapl_msr.c serves AMD too). */
export const LOAD_RAPL = 'modprobe intel_rapl_msr';

/**
 * Lets a group of its own read the counters, now and after each boot. Since Linux 5.10 they are root's (CVE-2020-8694): whoever reads
 * them often can guess at what others compute, so it is one group rather than everybody. /sys has no ACLs.
 */
export const ALLOW_RAPL =
  `groupadd -rf vigie-rapl && echo 'SUBSYSTEM=="powercap", ACTION=="add", ` +
  `RUN+="/bin/chgrp vigie-rapl /sys%p/energy_uj", RUN+="/bin/chmod g+r /sys%p/energy_uj"' > /etc/udev/rules.d/70-vigie-rapl.rules ` +
  '&& udevadm control --reload && udevadm trigger --action=add --subsystem-match=powercap' +
  "   (and in the agent's unit: SupplementaryGroups=vigie-rapl)";

/** What to do about counters that may not be read, in one sentence. */
export const FORBIDDEN =
  "the counters are root's since Linux 5.10: give the agent the capability CAP_DAC_READ_SEARCH, or its group by the udev rule that vigie-agent doctor prints";

/** Which zones there are and whether they may be read. */
export function examineRapl(host: Host): readonly Finding[] {
  const zones = findZones(host);
  if (zones.length === 0) return [{ source: 'RAPL', found: false, why: `no zone in ${host.path(POWERCAP)}`, fix: LOAD_RAPL }];
  return zones.map(({ name, path }) => {
    const source = `RAPL ${name} (${path.slice(path.lastIndexOf('/') + 1)})`;
    if (host.text(`${path}/energy_uj`) !== undefined) return { source, found: true, why: `${host.path(path)} can be read` };
    return { source, found: false, why: `${host.path(path)}/energy_uj may not be read by this user`, fix: ALLOW_RAPL };
  });
}
