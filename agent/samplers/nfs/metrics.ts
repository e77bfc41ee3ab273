import { defineMetric, defineMetrics } from '../../contract/metric.ts';
import type { Metric } from '../../contract/metric.ts';
import type { Unit } from '../../contract/units.ts';

/** Calls of the client as a whole, by node_exporter's names (collector/nfs_linux.go). */
export const callMetrics = defineMetrics('node_nfs', {
  node_nfs_packets_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Total NFSd network packets (sent+received) by protocol type.',
    labels: ['protocol'],
  },
  node_nfs_connections_total: { kind: 'counter', unit: 'count', help: 'Total number of NFSd TCP connections.' },
  node_nfs_rpcs_total: { kind: 'counter', unit: 'count', help: 'Total number of RPCs performed.' },
  node_nfs_rpc_retransmissions_total: { kind: 'counter', unit: 'count', help: 'Number of RPC transmissions performed.' },
  node_nfs_rpc_authentication_refreshes_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Number of RPC authentication refreshes performed.',
  },
  node_nfs_requests_total: { kind: 'counter', unit: 'count', help: 'Number of NFS procedures invoked.', labels: ['proto', 'method'] },
});

/** A number on a line of /proc/self/mountstats, and its metric. */
export interface Column<Label extends string> {
  /** Its place behind the word that begins the line, from 0. */
  readonly at: number;
  readonly metric: Metric<Label>;
  /** What the number is divided by. */
  readonly per: number;
}

const mountLabels = ['export', 'protocol', 'mountaddr'] as const;
const operationLabels = [...mountLabels, 'operation'] as const;

/** A label of every metric of a mount. */
export type MountLabel = (typeof mountLabels)[number];

// The places of columns are those of nfs_show_stats (fs/nfs/super.c), xprt_*_print_stats and rpc_print_iostats (net/sunrpc/).

/** The line `age:`. */
export const AGE = mounted([[0, 'age_seconds_total', 'The age of the NFS mount in seconds.']]);

/** The line `bytes:`. */
export const BYTES = mounted([
  [0, 'read_bytes_total', 'Number of bytes read using the read() syscall.'],
  [1, 'write_bytes_total', 'Number of bytes written using the write() syscall.'],
  [2, 'direct_read_bytes_total', 'Number of bytes read using the read() syscall in O_DIRECT mode.'],
  [3, 'direct_write_bytes_total', 'Number of bytes written using the write() syscall in O_DIRECT mode.'],
  [4, 'total_read_bytes_total', 'Number of bytes read from the NFS server, in total.'],
  [5, 'total_write_bytes_total', 'Number of bytes written to the NFS server, in total.'],
  [6, 'read_pages_total', "Number of pages read directly via mmap()'d files."],
  [7, 'write_pages_total', "Number of pages written directly via mmap()'d files."],
]);

/** The line `events:`, of which only what tells of the server or of a cache that does not serve. */
export const EVENTS = mounted([
  [0, 'event_inode_revalidate_total', 'Number of times cached inode attributes are re-validated from the server.'],
  [2, 'event_data_invalidate_total', 'Number of times an inode cache is cleared.'],
  [3, 'event_attribute_invalidate_total', 'Number of times cached inode attributes are invalidated.'],
  [4, 'event_vfs_open_total', 'Number of times cached inode attributes are invalidated.'],
  [5, 'event_vfs_lookup_total', 'Number of times a directory lookup has occurred.'],
  [12, 'event_vfs_getdents_total', 'Number of times directory entries have been read with getdents().'],
  [15, 'event_vfs_fsync_total', 'Number of times fsync() has been called on directories and files.'],
  [22, 'event_short_read_total', 'Number of times the NFS server gave less data than expected while reading.'],
  [23, 'event_short_write_total', 'Number of times the NFS server wrote less data than expected while writing.'],
  [24, 'event_jukebox_delay_total', 'Number of times the NFS server indicated EJUKEBOX; retrieving data from offline storage.'],
]);

const CONNECTS = 'Number of times the client has made a TCP connection to the NFS server.';
const SENDS = 'Number of RPC requests for this mount sent to the NFS server.';
const RECEIVES = 'Number of RPC responses for this mount received from the NFS server.';
const BAD_IDS = 'Number of times the NFS server sent a response with a transaction ID unknown to this client.';
const BACKLOG = 'Total number of items added to the RPC backlog queue.';
const SENDING = 'Total number of items added to the RPC transmission sending queue.';
const PENDING = 'Total number of items added to the RPC transmission pending queue.';

/** The line `xprt: tcp`, its first place that of the port. */
export const TCP = mounted([
  [2, 'transport_connect_total', CONNECTS],
  [5, 'transport_sends_total', SENDS],
  [6, 'transport_receives_total', RECEIVES],
  [7, 'transport_bad_transaction_ids_total', BAD_IDS],
  [9, 'transport_backlog_queue_total', BACKLOG],
  [11, 'transport_sending_queue_total', SENDING],
  [12, 'transport_pending_queue_total', PENDING],
]);

/** The line `xprt: rdma`, which goes on with counters of its own where TCP has queues. */
export const RDMA = TCP.filter(({ at }) => at <= 9);

/** The line `xprt: udp`, which has no connections. */
export const UDP = TCP.filter(({ at }) => at > 2).map((column) => ({ ...column, at: column.at - 3 }));

/** A line below `per-op statistics`. */
export const OPERATION = operation([
  [0, 'requests_total', 'Number of requests performed for a given operation.'],
  [1, 'transmissions_total', 'Number of times an actual RPC request has been transmitted for a given operation.'],
  [2, 'major_timeouts_total', 'Number of times a request has had a major timeout for a given operation.'],
  [3, 'sent_bytes_total', 'Number of bytes sent for a given operation, including RPC headers and payload.'],
  [4, 'received_bytes_total', 'Number of bytes received for a given operation, including RPC headers and payload.'],
  [
    5,
    'queue_time_seconds_total',
    'Duration all requests spent queued for transmission for a given operation before they were sent, in seconds.',
  ],
  [
    6,
    'response_time_seconds_total',
    'Duration all requests took to get a reply back after a request for a given operation was transmitted, in seconds.',
  ],
  [
    7,
    'request_time_seconds_total',
    'Duration all requests took from when a request was enqueued to when it was completely handled for a given operation, in seconds.',
  ],
  [8, 'errors_total', 'Number of errors for a given operation'],
]);

/** Where a mount is, and how many mounts are not told of. */
export const mountMetrics = {
  ...defineMetrics('node_mountstats_nfs', {
    node_mountstats_nfs_mountpoint_info: {
      kind: 'gauge',
      unit: 'info',
      help: 'Info metric for an NFS mountpoint.',
      labels: [...mountLabels, 'mountpoint'],
    },
  }),
  ...defineMetrics('nfs', {
    nfs_mounts_left_out: {
      kind: 'gauge',
      unit: 'count',
      help: 'NFS mounts beyond the option mounts, which have no series of their own.',
    },
  }),
};

/** Everything that is read of the NFS client, mounts by node_exporter's names (collector/mountstats_linux.go). */
export const metrics: Readonly<Record<string, Metric>> = {
  ...callMetrics,
  ...mountMetrics,
  ...Object.fromEntries([...AGE, ...BYTES, ...EVENTS, ...TCP, ...OPERATION].map(({ metric }) => [metric.name, metric])),
};

type Rows = readonly (readonly [at: number, name: string, help: string])[];

function mounted(rows: Rows): readonly Column<MountLabel>[] {
  return rows.map(([at, name, help]) => ({ at, metric: counter(name, help, mountLabels), per: 1 }));
}

// The kernel counts the time of operations in milliseconds.
function operation(rows: Rows): readonly Column<MountLabel | 'operation'>[] {
  return rows.map(([at, name, help]) => {
    const metric = counter(`operations_${name}`, help, operationLabels);
    return { at, metric, per: metric.unit === 'seconds' ? 1000 : 1 };
  });
}

function counter<Label extends string>(name: string, help: string, labels: readonly Label[]): Metric<Label> {
  const [, unit = 'count'] = /_(bytes|seconds)_total$/.exec(name) ?? [];
  return defineMetric('node_mountstats_nfs', `node_mountstats_nfs_${name}`, {
    kind: 'counter',
    unit: unit as Unit,
    help,
    labels,
    ...(help.endsWith('.') ? {} : { inheritedHelp: true }),
  });
}
