import { defineMetrics } from '../../contract/metric.ts';

const labels = ['device', 'fstype', 'mountpoint'] as const;

/** What statfs(2) tells of a mount; nothing but the error where it fails. */
export const metrics = defineMetrics('node_filesystem', {
  node_filesystem_size_bytes: { kind: 'gauge', unit: 'bytes', help: 'Filesystem size in bytes.', labels },
  node_filesystem_free_bytes: { kind: 'gauge', unit: 'bytes', help: 'Filesystem free space in bytes.', labels },
  node_filesystem_avail_bytes: { kind: 'gauge', unit: 'bytes', help: 'Filesystem space available to non-root users in bytes.', labels },
  node_filesystem_files: { kind: 'gauge', unit: 'count', help: 'Filesystem total file nodes.', labels },
  node_filesystem_files_free: { kind: 'gauge', unit: 'count', help: 'Filesystem total free file nodes.', labels },
  node_filesystem_readonly: { kind: 'gauge', unit: 'count', help: 'Filesystem read-only status.', labels },
  node_filesystem_device_error: {
    kind: 'gauge',
    unit: 'count',
    help: 'Whether an error occurred while getting statistics for the given device.',
    labels,
  },
});
