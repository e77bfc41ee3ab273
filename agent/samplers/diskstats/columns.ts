import type { Metric } from '../../contract/metric.ts';
import { metrics } from './metrics.ts';

// Documentation/block/stat.rst: a sector is 512 bytes whatever the disk's own; times are in milliseconds.
const SECTOR = 512;
const MILLISECONDS = 1000;

/** A column of /proc/diskstats: its value is the number times `times` by `per`. */
export interface Column {
  readonly metric: Metric<'device'>;
  readonly times: number;
  readonly per: number;
}

const column = (metric: Metric<'device'>, times = 1, per = 1): Column => ({ metric, times, per });

/** The columns after the device's name, in their order (Documentation/admin-guide/iostats.rst); older kernels have only the first 11 or 15. */
export const columns: readonly Column[] = [
  column(metrics.node_disk_reads_completed_total),
  column(metrics.node_disk_reads_merged_total),
  column(metrics.node_disk_read_bytes_total, SECTOR),
  column(metrics.node_disk_read_time_seconds_total, 1, MILLISECONDS),
  column(metrics.node_disk_writes_completed_total),
  column(metrics.node_disk_writes_merged_total),
  column(metrics.node_disk_written_bytes_total, SECTOR),
  column(metrics.node_disk_write_time_seconds_total, 1, MILLISECONDS),
  column(metrics.node_disk_io_now),
  column(metrics.node_disk_io_time_seconds_total, 1, MILLISECONDS),
  column(metrics.node_disk_io_time_weighted_seconds_total, 1, MILLISECONDS),
  column(metrics.node_disk_discards_completed_total),
  column(metrics.node_disk_discards_merged_total),
  column(metrics.node_disk_discarded_sectors_total),
  column(metrics.node_disk_discard_time_seconds_total, 1, MILLISECONDS),
  column(metrics.node_disk_flush_requests_total),
  column(metrics.node_disk_flush_requests_time_seconds_total, 1, MILLISECONDS),
];
