import { Unavailable } from '../../contract/errors.ts';
import type { Finding } from '../../finding.ts';
import type { Host } from '../../host.ts';
import { defineSampler } from '../../sampler.ts';
import { BEEGFS, findClients, openClient } from './client.ts';
import type { Client } from './client.ts';
import { metrics } from './metrics.ts';

export default defineSampler({
  name: 'beegfs',
  summary: 'Servers, connections and targets as the BeeGFS client sees them, from /proc/fs/beegfs.',
  // The client module takes locks to write these files, and what they say changes in minutes.
  period: '30s',
  metrics,
  options: {},
  examine: examineBeegfs,
  open({ host, series }) {
    let clients = new Map<string, Client>();
    if (findClients(host).length === 0) throw new Unavailable(`no BeeGFS is mounted: nothing in ${host.path(BEEGFS)}`);
    return {
      sample() {
        const before = clients;
        clients = new Map();
        for (const { id, filesystem } of findClients(host)) {
          clients.set(id, before.get(id) ?? openClient(host, series, id, filesystem));
          before.delete(id);
        }
        for (const gone of before.values()) gone.end();
        for (const client of clients.values()) client.read();
      },
    };
  },
});

function examineBeegfs(host: Host): readonly Finding[] {
  const clients = findClients(host);
  if (clients.length === 0) return [{ source: 'client', found: false, why: 'no BeeGFS is mounted' }];
  return [
    ...clients.map(({ id, filesystem }) => ({ source: filesystem, found: true, why: `the client ${id}` })),
    {
      source: 'bytes by client',
      found: false,
      why: 'the client does not count them; the servers do, for all clients at once',
      fix: 'on one node: beegfs-ctl --clientstats --nodetype=storage --allstats (BeeGFS 8: beegfs stats client)',
    },
  ];
}
