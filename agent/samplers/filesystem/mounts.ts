/** A line of /proc/mounts (proc_mounts(5)). */
export interface Mount {
  readonly device: string;
  readonly mountpoint: string;
  readonly fstype: string;
  readonly readonly: boolean;
}

// node_exporter 1.5's defaults (collector/filesystem_linux.go defMountPointsExcluded, defFSTypesExcluded).
const MOUNTS_EXCLUDED = /^\/(dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/;
const TYPES_EXCLUDED =
  /^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$/;

// Types whose server is elsewhere or in user space: a statfs waits for it, for ever when it has gone.
const NETWORK =
  /^(nfs\d?|lustre|lustre_lite|gpfs|mmfs|beegfs|fhgfs|cifs|smb.*|ceph|fuse|fuse\..*|9p|afs|openafs|auristorfs|glusterfs|gfs2?|ocfs2|pvfs2|orangefs|panfs|ncpfs|coda|davfs|virtiofs|quobyte|wekafs|daos|dvs)$/;

/** Whether a statfs of this type may wait for somebody else. */
export function isNetwork({ fstype }: Mount): boolean {
  return NETWORK.test(fstype);
}

/** The mounts that node_exporter shows, each set of device, type and mount point once. */
export function parseMounts(text: string): readonly Mount[] {
  const mounts = new Map<string, Mount>();
  for (const line of text.split('\n')) {
    const [device, mountpoint, fstype, options] = line.split(' ');
    if (device === undefined || mountpoint === undefined || fstype === undefined || options === undefined) continue;
    const mount = {
      device: unescape(device),
      mountpoint: unescape(mountpoint),
      fstype: unescape(fstype),
      readonly: options.split(',').includes('ro'),
    };
    if (MOUNTS_EXCLUDED.test(mount.mountpoint) || TYPES_EXCLUDED.test(mount.fstype)) continue;
    // A mount over another on the same point hides it; the last one is what a statfs sees.
    mounts.set(JSON.stringify([mount.device, mount.fstype, mount.mountpoint]), mount);
  }
  return [...mounts.values()];
}

// The kernel writes blank, tab, newline, backslash and number sign in octal (fs/proc_namespace.c).
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
