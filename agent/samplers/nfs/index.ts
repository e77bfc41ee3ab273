import { Unavailable } from '../../contract/errors.ts';
import { count } from '../../contract/fields.ts';
import type { Finding } from '../../finding.ts';
import type { Host } from '../../host.ts';
import { defineSampler } from '../../sampler.ts';
import { callsPath, openCalls } from './calls.ts';
import { metrics } from './metrics.ts';
import { openMountStats, openStatsFile } from './mountstats.ts';

export default defineSampler({
  name: 'nfs',
  summary: 'Calls of the NFS client, and traffic and operations by mount, from /proc/net/rpc/nfs and mountstats.',
  period: '10s',
  metrics,
  options: {
    mounts: count(64, 'How many exports have series of their own; the others are counted in nfs_mounts_left_out.'),
  },
  examine: examineNfs,
  open({ host, series, options }) {
    const calls = orUndefined(() => openCalls(host, series));
    const mounts = orUndefined(() => openMountStats(host, series, options.mounts));
    mounts?.read();
    if (calls === undefined && (mounts === undefined || mounts.mounts === 0)) {
      mounts?.close();
      throw new Unavailable(`no NFS client: no ${host.path(callsPath(host))}, and no NFS mount`);
    }
    return {
      sample() {
        calls?.read();
        mounts?.read();
      },
      close() {
        calls?.close();
        mounts?.close();
      },
    };
  },
});

function examineNfs(host: Host): readonly Finding[] {
  const calls = host.text(callsPath(host)) !== undefined;
  const file = orUndefined(() => openStatsFile(host));
  const text = file === undefined ? '' : textOf(file);
  file?.close();
  const mounts = [...text.matchAll(/^device \S+ mounted on (\S+) with fstype nfs4? /gm)].map(([, where = '']) => where);
  const shown = `${mounts.slice(0, 4).join(', ')}${mounts.length > 4 ? `, … (${mounts.length})` : ''}`;
  return [
    { source: 'calls', found: calls, why: calls ? 'counted by the kernel' : 'the NFS client is not loaded' },
    { source: 'mounts', found: mounts.length > 0, why: mounts.length > 0 ? shown : 'nothing is mounted by NFS' },
  ];
}

function textOf(file: { read(): { readonly bytes: Uint8Array; readonly end: number } }): string {
  const { bytes, end } = file.read();
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1');
}

function orUndefined<Value>(open: () => Value): Value | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}
