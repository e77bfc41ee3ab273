import { defineMetrics } from '../../contract/metric.ts';

const labels = ['filesystem'] as const;
const service = ['filesystem', 'service'] as const;

/** What the BeeGFS client publishes of itself; it counts no bytes (those of a client are known to the servers alone). */
export const metrics = defineMetrics('beegfs', {
  beegfs_servers: {
    kind: 'gauge',
    unit: 'count',
    help: 'Servers that the client knows, by service (management, meta, storage).',
    labels: service,
  },
  beegfs_connected_servers: { kind: 'gauge', unit: 'count', help: 'Servers to which the client holds a connection.', labels: service },
  beegfs_fallback_servers: {
    kind: 'gauge',
    unit: 'count',
    help: 'Servers that the client reaches by another than its preferred interface, such as TCP in place of RDMA.',
    labels: service,
  },
  beegfs_connections: {
    kind: 'gauge',
    unit: 'count',
    help: 'Connections of the client to servers, by transport (tcp, rdma, sdp).',
    labels: ['filesystem', 'service', 'transport'],
  },
  beegfs_targets: {
    kind: 'gauge',
    unit: 'count',
    help: 'Targets as the client sees them, by reachability (Online, Probably-offline, Offline) and consistency (Good, Needs-resync, Bad).',
    labels: ['filesystem', 'service', 'reachability', 'consistency'],
  },
  beegfs_delayed_operations: {
    kind: 'gauge',
    unit: 'count',
    help: 'Closes and unlocks that a server has not taken yet and that the client tries again.',
    labels: ['filesystem', 'operation'],
  },
  beegfs_waiting_acknowledgements: { kind: 'gauge', unit: 'count', help: 'Acknowledgements that wait to be sent to servers.', labels },
  beegfs_message_buffers_available: {
    kind: 'gauge',
    unit: 'count',
    help: 'Message buffers that are free; none left slows every operation down.',
    labels,
  },
  beegfs_io_buffers_available: {
    kind: 'gauge',
    unit: 'count',
    help: 'Buffers for file contents that are free, with the cache type buffered.',
    labels,
  },
  beegfs_unflushed_files: { kind: 'gauge', unit: 'count', help: 'Files with contents in the buffers that no server has yet.', labels },
  beegfs_rpcs_total: { kind: 'counter', unit: 'count', help: 'Calls to servers, of clients built for debugging.', labels },
  beegfs_remote_reads_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Reads sent to storage servers, of clients built for debugging.',
    labels,
  },
  beegfs_remote_writes_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Writes sent to storage servers, of clients built for debugging.',
    labels,
  },
});
