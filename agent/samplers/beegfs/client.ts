import type { Metric } from '../../contract/metric.ts';
import type { Host } from '../../host.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { metrics } from './metrics.ts';
import { managementHost, parseServers, parseStatus, parseTargets } from './parse.ts';

/** Where the client module lists its mounts, each as a folder. */
export const BEEGFS = '/proc/fs/beegfs';

/** One mount of a BeeGFS. */
export interface Client {
  /** Reads what the client tells of itself. */
  read(): void;
  end(): void;
}

/** The mounts by their names in {@link BEEGFS}, each with the file system's name: its management host, unless two mounts share it. */
export function findClients(host: Host): readonly { readonly id: string; readonly filesystem: string }[] {
  const taken = new Set<string>();
  return host.list(BEEGFS).flatMap((id) => {
    const config = host.text(`${BEEGFS}/${id}/config`);
    if (config === undefined) return [];
    const management = managementHost(config) ?? id;
    const filesystem = taken.has(management) ? id : management;
    taken.add(filesystem);
    return [{ id, filesystem }];
  });
}

const SERVICES = [
  { service: 'management', servers: 'mgmt_nodes', targets: undefined },
  { service: 'meta', servers: 'meta_nodes', targets: 'meta_target_state' },
  { service: 'storage', servers: 'storage_nodes', targets: 'storage_target_state' },
];

// The names of the lines of `.status` (ProcFsHelper_readV2_status); the last three only where the client was built for debugging.
const STATUS: readonly { name: string; metric: Metric<'filesystem'> }[] = [
  { name: 'numEnqueuedAcks', metric: metrics.beegfs_waiting_acknowledgements },
  { name: 'numAvailableMsgBufs', metric: metrics.beegfs_message_buffers_available },
  { name: 'numAvailableIOBufs', metric: metrics.beegfs_io_buffers_available },
  { name: 'numFlushRefs', metric: metrics.beegfs_unflushed_files },
  { name: 'numRPCs', metric: metrics.beegfs_rpcs_total },
  { name: 'numRemoteReads', metric: metrics.beegfs_remote_reads_total },
  { name: 'numRemoteWrites', metric: metrics.beegfs_remote_writes_total },
];
const DELAYED = { numDelayedClose: 'close', numDelayedEntryUnlock: 'entry_unlock', numDelayedRangeUnlock: 'range_unlock' };

/** Opens a mount. Its series come as their numbers do. */
export function openClient(host: Host, series: SamplerContext<unknown>['series'], id: string, filesystem: string): Client {
  const open = new Map<string, Series>();
  const set = (metric: Metric, labels: Readonly<Record<string, string>>, value: number): void => {
    const key = metric.name + JSON.stringify(labels);
    let one = open.get(key);
    if (one === undefined) open.set(key, (one = series(metric, labels)));
    one.set(value);
  };
  const states = new Map<string, Set<string>>();
  const readService = ({ service, servers, targets }: (typeof SERVICES)[number]): void => {
    const labels = { filesystem, service };
    const list = host.text(`${BEEGFS}/${id}/${servers}`);
    if (list !== undefined) {
      const found = parseServers(list);
      set(metrics.beegfs_servers, labels, found.servers);
      set(metrics.beegfs_connected_servers, labels, found.connected);
      set(metrics.beegfs_fallback_servers, labels, found.fallback);
      for (const [transport, count] of Object.entries(found.connections)) set(metrics.beegfs_connections, { ...labels, transport }, count);
    }
    const text = targets === undefined ? undefined : host.text(`${BEEGFS}/${id}/${targets}`);
    if (text === undefined) return;
    const found = parseTargets(text);
    // A state that no target is in any more has none, which is a fact.
    const seen = states.get(service) ?? new Set();
    states.set(service, seen);
    for (const state of found.keys()) seen.add(state);
    for (const state of seen) {
      const [reachability = '', consistency = ''] = state.split(' ');
      set(metrics.beegfs_targets, { ...labels, reachability, consistency }, found.get(state) ?? 0);
    }
  };
  return {
    read() {
      for (const service of SERVICES) readService(service);
      const status = parseStatus(host.text(`${BEEGFS}/${id}/.status`) ?? '');
      for (const { name, metric } of STATUS) {
        const value = status.get(name);
        if (value !== undefined) set(metric, { filesystem }, value);
      }
      for (const [name, operation] of Object.entries(DELAYED)) {
        const value = status.get(name);
        if (value !== undefined) set(metrics.beegfs_delayed_operations, { filesystem, operation }, value);
      }
    },
    end() {
      for (const one of open.values()) one.end();
    },
  };
}
