import { defineMetrics } from '../../contract/metric.ts';

const labels = ['filesystem'] as const;

/** What the Lustre client counts of the system calls on a file system; the traffic with the servers can be less, where the cache answers. */
export const metrics = defineMetrics('lustre', {
  lustre_read_bytes_total: { kind: 'counter', unit: 'bytes', help: 'Bytes read by system calls, from the cache or from servers.', labels },
  lustre_write_bytes_total: { kind: 'counter', unit: 'bytes', help: 'Bytes written by system calls.', labels },
  lustre_read_calls_total: { kind: 'counter', unit: 'count', help: 'System calls that read.', labels },
  lustre_write_calls_total: { kind: 'counter', unit: 'count', help: 'System calls that write.', labels },
  lustre_operations_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Operations of the client (open, close, getattr, …); one that has never occurred is absent.',
    labels: ['filesystem', 'operation'],
  },
  lustre_operation_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Time that operations took, where the client measures it (Lustre 2.14 and later).',
    labels: ['filesystem', 'operation'],
  },
});
