import { firstWordEnd, readCount } from '../../cells.ts';
import type { Host } from '../../host.ts';
import { keptRows } from '../../kept-rows.ts';
import type { Row } from '../../kept-rows.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import type { Cursor } from '../../scan.ts';
import { callMetrics } from './metrics.ts';

// The procedures in the order of the kernel (fs/nfs/nfs2xdr.c, nfs3xdr.c and include/linux/nfs4.h NFSPROC4_CLNT_*), by the names of
// node_exporter (procfs/nfs/parse.go, of which later versions confuse LayoutGet with GetDeviceInfo); what newer kernels add behind them
// has no name there.
const METHODS: Readonly<Record<string, readonly string[]>> = {
  '2': `Null GetAttr SetAttr Root Lookup ReadLink Read WrCache Write Create Remove Rename Link SymLink MkDir RmDir ReadDir FsStat`.split(
    ' ',
  ),
  '3': `Null GetAttr SetAttr Lookup Access ReadLink Read Write Create MkDir SymLink MkNod Remove RmDir Rename Link ReadDir ReadDirPlus
    FsStat FsInfo PathConf Commit`.split(/\s+/),
  '4': `Null Read Write Commit Open OpenConfirm OpenNoattr OpenDowngrade Close Setattr FsInfo Renew SetClientID SetClientIDConfirm Lock
    Lockt Locku Access Getattr Lookup LookupRoot Remove Rename Link Symlink Create Pathconf StatFs ReadLink ReadDir ServerCaps DelegReturn
    GetACL SetACL FsLocations ReleaseLockowner Secinfo FsidPresent ExchangeID CreateSession DestroySession Sequence GetLeaseTime
    ReclaimComplete LayoutGet GetDeviceInfo LayoutCommit LayoutReturn SecinfoNoName TestStateID FreeStateID GetDeviceList
    BindConnToSession DestroyClientID Seek Allocate DeAllocate LayoutStats Clone`.split(/\s+/),
};

/** The file of the client's calls, in the network namespace of the node. */
export function callsPath(host: Host): string {
  const init = '/proc/1/net/rpc/nfs';
  return host.root !== '/' && host.text(init) !== undefined ? init : '/proc/net/rpc/nfs';
}

/** Opens the calls of the NFS client. Throws `Unavailable` where no NFS client is loaded. */
export function openCalls(host: Host, series: SamplerContext<unknown>['series']): { read(): void; close(): void } {
  const file = host.open(callsPath(host), 1024);
  const rows = keptRows({ keyEnd: firstWordEnd, open: (key, c) => openRow(series, key.trim(), c) });
  return { read: () => rows.read(file.read()), close: () => file.close() };
}

function openRow(series: SamplerContext<unknown>['series'], key: string, c: Cursor): Row | undefined {
  if (key === 'net') {
    const packets = (protocol: string): Series => series(callMetrics.node_nfs_packets_total, { protocol });
    return row([undefined, packets('udp'), packets('tcp'), series(callMetrics.node_nfs_connections_total)]);
  }
  if (key === 'rpc') {
    const { node_nfs_rpcs_total: all, node_nfs_rpc_retransmissions_total: again } = callMetrics;
    return row([series(all), series(again), series(callMetrics.node_nfs_rpc_authentication_refreshes_total)]);
  }
  const [, proto = ''] = /^proc(\d)$/.exec(key) ?? [];
  // The line begins with how many procedures this kernel knows; what is not there has no series.
  const known = (METHODS[proto] ?? []).slice(0, readCount(c) || 0);
  if (known.length === 0) return undefined;
  return row([undefined, ...known.map((method) => series(callMetrics.node_nfs_requests_total, { proto, method }))]);
}

function row(cells: readonly (Series | undefined)[]): Row {
  return {
    read(c) {
      for (const cell of cells) {
        const value = readCount(c);
        cell?.set(value);
      }
    },
    end() {
      for (const cell of cells) cell?.end();
    },
  };
}
