import { statfs } from 'node:fs/promises';
import { Unavailable } from '../../contract/errors.ts';
import { flag } from '../../contract/fields.ts';
import type { Host, KeptFile } from '../../host.ts';
import { probeCommand } from '../../probe/command.ts';
import { openProbe } from '../../probe/probe.ts';
import type { Probe } from '../../probe/probe.ts';
import { runtimeMetrics } from '../../runtime-metrics.ts';
import { defineSampler } from '../../sampler.ts';
import type { SamplerContext } from '../../sampler.ts';
import { examineMounts } from './examine.ts';
import { metrics } from './metrics.ts';
import { isNetwork, parseMounts } from './mounts.ts';
import type { Mount } from './mounts.ts';
import { guardStuck } from './stuck-guard.ts';
import type { Space } from './stuck-guard.ts';

// As long as node_exporter waits (collector/filesystem_linux.go --collector.filesystem.mount-timeout).
const STUCK_MS = 5000;

export default defineSampler({
  name: 'filesystem',
  summary: 'Space and file nodes of mounted file systems, from /proc/mounts and statfs.',
  period: '30s',
  metrics,
  options: {
    network: flag(false, 'Also network and user-space file systems (NFS, Lustre, FUSE, …), asked in a child process that may hang.'),
  },
  examine: examineMounts,
  open({ host, series, options }) {
    const file = openMounts(host);
    const askLocal = guardStuck((path) => statfs(path), STUCK_MS);
    let probe: Probe | undefined;
    let known: Uint8Array = new Uint8Array();
    let mounts: readonly OpenMount[] = [];

    const refresh = (): void => {
      const { bytes, end } = file.read();
      if (Buffer.compare(bytes.subarray(0, end), known) === 0) return;
      known = Uint8Array.from(bytes.subarray(0, end));
      const wanted = parseMounts(Buffer.from(known).toString()).filter((mount) => options.network || !isNetwork(mount));
      const kept = new Map(mounts.map((mount) => [mount.id, mount]));
      mounts = wanted.map((mount) => {
        const id = JSON.stringify(mount);
        const open = kept.get(id) ?? openMount(series, mount, id);
        kept.delete(id);
        return open;
      });
      for (const mount of kept.values()) mount.end();
    };

    const askNetwork = async (path: string): Promise<Space | 'failed'> => {
      probe ??= openProbe({ name: 'statfs', command: probeCommand('statfs') });
      const { values } = await probe.ask(path).catch(() => ({ values: undefined }));
      return values === undefined ? 'failed' : (values as unknown as Space);
    };

    return {
      async sample() {
        refresh();
        const network = mounts.filter(({ mount }) => isNetwork(mount));
        const answers = network.map(async (open) => open.set(await askNetwork(host.path(open.mount.mountpoint))));
        // One after the other, so that one that hangs takes one thread.
        for (const open of mounts) if (!isNetwork(open.mount)) open.set(await askLocal(host.path(open.mount.mountpoint)));
        await Promise.all(answers);
        if (probe !== undefined) series(runtimeMetrics.vigie_agent_probe_hung, { probe: 'statfs' }).set(probe.hung() ? 1 : 0);
      },
      close() {
        file.close();
        probe?.close();
      },
    };
  },
});

interface OpenMount {
  readonly id: string;
  readonly mount: Mount;
  set(space: Space | 'failed' | 'stuck' | 'unasked'): void;
  end(): void;
}

function openMount(series: SamplerContext<unknown>['series'], mount: Mount, id: string): OpenMount {
  const labels = { device: mount.device, fstype: mount.fstype, mountpoint: mount.mountpoint };
  const size = series(metrics.node_filesystem_size_bytes, labels);
  const free = series(metrics.node_filesystem_free_bytes, labels);
  const avail = series(metrics.node_filesystem_avail_bytes, labels);
  const files = series(metrics.node_filesystem_files, labels);
  const filesFree = series(metrics.node_filesystem_files_free, labels);
  const readonly = series(metrics.node_filesystem_readonly, labels);
  const error = series(metrics.node_filesystem_device_error, labels);
  return {
    id,
    mount,
    set(space) {
      if (space === 'unasked') return;
      error.set(typeof space === 'string' ? 1 : 0);
      if (typeof space === 'string') return;
      size.set(space.blocks * space.bsize);
      free.set(space.bfree * space.bsize);
      avail.set(space.bavail * space.bsize);
      files.set(space.files);
      filesFree.set(space.ffree);
      readonly.set(mount.readonly ? 1 : 0);
    },
    end() {
      for (const one of [size, free, avail, files, filesFree, readonly, error]) one.end();
    },
  };
}

// Init's mounts are the node's; where the agent may not look at init (hidepid, no privileges), its own are.
function openMounts(host: Host): KeptFile {
  try {
    return host.open('/proc/1/mounts', 8192);
  } catch (error) {
    if (error instanceof Unavailable) return host.open('/proc/mounts', 8192);
    throw error;
  }
}
