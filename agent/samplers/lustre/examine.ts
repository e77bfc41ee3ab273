import type { Finding } from '../../finding.ts';
import { grant } from '../../grant.ts';
import type { Host } from '../../host.ts';
import { fileSystemOf, lustreMounts, openStats } from './mounts.ts';

/** Why the statistics of a mounted file system cannot be read. */
export const CLOSED = 'its statistics are in debugfs (/sys/kernel/debug/lustre), which only root may read';

// Debugfs belongs to root with mode 0700; this capability looks past the mode.
const OPEN_IT = grant('CAP_DAC_READ_SEARCH');
const MOUNT_IT = 'mount -t debugfs debugfs /sys/kernel/debug';

/** Says of each Lustre mount whether its statistics can be read. */
export function examineLustre(host: Host): readonly Finding[] {
  const mounts = lustreMounts(host);
  if (mounts.length === 0) return [{ source: 'llite', found: false, why: 'no Lustre file system is mounted' }];
  return mounts.map((mount) => {
    const source = fileSystemOf(mount);
    const file = openStats(host, mount);
    file?.close();
    if (file !== undefined) return { source, found: true, why: 'statistics of the client' };
    const mounted = /^\S+ \S*\/sys\/kernel\/debug debugfs /m.test(host.text('/proc/mounts') ?? '');
    return {
      source,
      found: false,
      why: mounted ? CLOSED : 'its statistics are in debugfs, which is not mounted',
      fix: mounted ? OPEN_IT : MOUNT_IT,
    };
  });
}
