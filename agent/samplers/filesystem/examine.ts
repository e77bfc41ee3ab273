import type { Finding } from '../../finding.ts';
import type { Host } from '../../host.ts';
import { isNetwork, parseMounts } from './mounts.ts';

/** Which file systems are asked for their space, and which are left alone. */
export function examineMounts(host: Host, { network }: { readonly network: boolean }): readonly Finding[] {
  const text = host.text('/proc/1/mounts') ?? host.text('/proc/mounts');
  if (text === undefined)
    return [{ source: 'mounts', found: false, why: `neither ${host.path('/proc/1/mounts')} nor /proc/mounts can be read` }];
  const mounts = parseMounts(text);
  const distant = mounts.filter(isNetwork);
  const local = { source: 'local', found: true, why: `${mounts.length - distant.length} mounts` };
  if (distant.length === 0) return [local];
  const types = [...new Set(distant.map(({ fstype }) => fstype))].join(', ');
  const source = 'network';
  if (network) return [local, { source, found: true, why: `${distant.length} mounts (${types}), asked in a child process` }];
  const why = `${distant.length} mounts (${types}) are not asked for their space: a server that is away would not answer`;
  return [local, { source, found: false, why, fix: 'samplers: { filesystem: { network: true } }' }];
}
