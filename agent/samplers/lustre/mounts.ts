import { Unavailable } from '../../contract/errors.ts';
import type { Host, KeptFile } from '../../host.ts';

/** Where Lustre lists its mounts: until 2.10 all in /proc; since then the names in /sys/fs, the statistics in debugfs. */
export const FOLDERS = ['/proc/fs/lustre/llite', '/sys/kernel/debug/lustre/llite', '/sys/fs/lustre/llite'];

/** The names of the Lustre mounts of this node, such as `scratch-ffff8f3a5c2d1000`, wherever they are listed. */
export function lustreMounts(host: Host): readonly string[] {
  return [...new Set(FOLDERS.flatMap((folder) => host.list(folder)))].filter((name) => /-[0-9a-f]{8,16}$/.test(name)).sort();
}

/** The file system's name in a mount's. */
export function fileSystemOf(mount: string): string {
  return mount.slice(0, mount.lastIndexOf('-'));
}

/** Opens the statistics of a mount; undefined where they may not be read, or nowhere are. */
export function openStats(host: Host, mount: string): KeptFile | undefined {
  for (const folder of FOLDERS) {
    try {
      return host.open(`${folder}/${mount}/stats`, 4096);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
  }
  return undefined;
}
