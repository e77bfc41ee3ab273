import { machine } from 'node:os';
import { Unavailable } from '../../contract/errors.ts';
import type { Host } from '../../host.ts';
import { defineSampler } from '../../sampler.ts';
import type { Series } from '../../sampler.ts';
import { metrics } from './metrics.ts';

const OSTYPE = '/proc/sys/kernel/ostype';

// What uname(2) answers, from /proc/sys/kernel, so that another root answers for its own machine. A name can change while the node
// runs (DHCP, cloud-init), so it is read again every period.
export default defineSampler({
  name: 'uname',
  summary: 'Kernel, machine and host names, from /proc/sys/kernel.',
  period: '1m',
  metrics,
  options: {},
  open({ host, series }) {
    if (host.text(OSTYPE) === undefined) throw new Unavailable(`cannot read ${host.path(OSTYPE)}`);
    let shown = '';
    let info: Series | undefined;
    return {
      sample() {
        const labels = uname(host);
        const now = JSON.stringify(labels);
        if (now !== shown) {
          info?.end();
          info = series(metrics.node_uname_info, labels);
          shown = now;
        }
        info?.set(1);
      },
    };
  },
});

function uname(host: Host): Record<'sysname' | 'release' | 'version' | 'machine' | 'nodename' | 'domainname', string> {
  const kernel = (name: string): string => host.text(`/proc/sys/kernel/${name}`) ?? '';
  return {
    sysname: kernel('ostype'),
    release: kernel('osrelease'),
    version: kernel('version'),
    // Linux has the file since 6.1; before, only a root that is this machine's own can be answered for.
    machine: kernel('arch') || (host.root === '/' ? machine() : ''),
    nodename: kernel('hostname'),
    domainname: kernel('domainname'),
  };
}
