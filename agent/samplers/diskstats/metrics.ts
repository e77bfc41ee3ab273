import { defineMetrics } from '../../contract/metric.ts';

const labels = ['device'] as const;

/** The columns of /proc/diskstats by node_exporter's names, and the facts of each disk. */
export const metrics = defineMetrics('node_disk', {
  node_disk_reads_completed_total: { kind: 'counter', unit: 'count', help: 'The total number of reads completed successfully.', labels },
  node_disk_reads_merged_total: { kind: 'counter', unit: 'count', help: 'The total number of reads merged.', labels },
  node_disk_read_bytes_total: { kind: 'counter', unit: 'bytes', help: 'The total number of bytes read successfully.', labels },
  node_disk_read_time_seconds_total: { kind: 'counter', unit: 'seconds', help: 'The total number of seconds spent by all reads.', labels },
  node_disk_writes_completed_total: { kind: 'counter', unit: 'count', help: 'The total number of writes completed successfully.', labels },
  node_disk_writes_merged_total: { kind: 'counter', unit: 'count', help: 'The number of writes merged.', labels },
  node_disk_written_bytes_total: { kind: 'counter', unit: 'bytes', help: 'The total number of bytes written successfully.', labels },
  node_disk_write_time_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'This is the total number of seconds spent by all writes.',
    labels,
  },
  node_disk_io_now: { kind: 'gauge', unit: 'count', help: 'The number of I/Os currently in progress.', labels },
  node_disk_io_time_seconds_total: { kind: 'counter', unit: 'seconds', help: 'Total seconds spent doing I/Os.', labels },
  node_disk_io_time_weighted_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'The weighted # of seconds spent doing I/Os.',
    labels,
  },
  node_disk_discards_completed_total: {
    kind: 'counter',
    unit: 'count',
    help: 'The total number of discards completed successfully.',
    labels,
  },
  node_disk_discards_merged_total: { kind: 'counter', unit: 'count', help: 'The total number of discards merged.', labels },
  node_disk_discarded_sectors_total: {
    kind: 'counter',
    unit: 'count',
    help: 'The total number of sectors discarded successfully.',
    labels,
  },
  node_disk_discard_time_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'This is the total number of seconds spent by all discards.',
    labels,
  },
  node_disk_flush_requests_total: {
    kind: 'counter',
    unit: 'count',
    help: 'The total number of flush requests completed successfully',
    labels,
    inheritedHelp: true,
  },
  node_disk_flush_requests_time_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'This is the total number of seconds spent by all flush requests.',
    labels,
  },
  node_disk_info: {
    kind: 'gauge',
    unit: 'info',
    help: 'Info of /sys/block/<block_device>.',
    labels: ['device', 'major', 'minor', 'path', 'wwn', 'model', 'serial', 'revision'],
  },
});
