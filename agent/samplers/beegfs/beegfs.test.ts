import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { Unavailable } from '../../contract/errors.ts';
import { openHost } from '../../host.ts';
import beegfs from './index.ts';

// As ProcFsHelper.c of the client module writes them.
const CLIENT = {
  config: 'cfgFile = /etc/beegfs/beegfs-client.conf\nsysMgmtdHost = mgmt01\ntuneFileCacheType = buffered\n',
  mgmt_nodes: 'mgmt01 [ID: 1]\n   Connections: TCP: 1 (10.0.0.1:8008); \n',
  meta_nodes: 'meta01 [ID: 1]\n   Root: <yes>\n   Connections: RDMA: 2 (10.1.0.2:8005); \n',
  storage_nodes:
    'stor01 [ID: 1]\n   Connections: RDMA: 4 (10.1.0.3:8003); \n' +
    'stor02 [ID: 2]\n   Connections: TCP: 3 (10.0.0.4:8003 [fallback route]); RDMA: 1 (10.1.0.4:8003); \n' +
    'stor03 [ID: 3]\n   Connections: <none>\n',
  meta_target_state: '[Target ID: 1] @ beegfs-meta meta01 [ID: 1]: Online / Good \n',
  storage_target_state:
    '[Target ID: 101] @ beegfs-storage stor01 [ID: 1]: Online / Good \n' +
    '[Target ID: 102] @ beegfs-storage stor01 [ID: 1]: Online / Good \n' +
    '[Target ID: 301] @ beegfs-storage stor03 [ID: 3]: Probably-offline / Needs-resync \n',
  '.status':
    'numAvailableMsgBufs: 65\nnumDelayedClose: 2\nnumDelayedEntryUnlock: 0\nnumDelayedRangeUnlock: 0\nnumEnqueuedAcks: 0\nnumAvailableIOBufs: 12\nnumFlushRefs: 1\n',
};

function client(id: string, files: Readonly<Record<string, string>> = CLIENT): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [`/proc/fs/beegfs/${id}/${file}`, text]));
}

test('servers, connections, targets and what is delayed are counted', async () => {
  const { root } = madeMachine(client('c22801-6A1925D1-node01'));
  const storage = 'filesystem="mgmt01",service="storage"';
  expect(await (await watch(beegfs, root)).round()).toMatchObject({
    [`beegfs_servers{${storage}}`]: 3,
    [`beegfs_connected_servers{${storage}}`]: 2,
    [`beegfs_fallback_servers{${storage}}`]: 1,
    [`beegfs_connections{${storage},transport="rdma"}`]: 5,
    [`beegfs_connections{${storage},transport="tcp"}`]: 3,
    'beegfs_connections{filesystem="mgmt01",service="management",transport="rdma"}': 0,
    [`beegfs_targets{${storage},reachability="Online",consistency="Good"}`]: 2,
    [`beegfs_targets{${storage},reachability="Probably-offline",consistency="Needs-resync"}`]: 1,
    'beegfs_delayed_operations{filesystem="mgmt01",operation="close"}': 2,
    'beegfs_message_buffers_available{filesystem="mgmt01"}': 65,
    'beegfs_unflushed_files{filesystem="mgmt01"}': 1,
  });
});

test('a state that no target is in any more has none', async () => {
  const machine = madeMachine(client('c1'));
  const watched = await watch(beegfs, machine.root);
  await watched.round();
  machine.write('/proc/fs/beegfs/c1/storage_target_state', '[Target ID: 101] @ beegfs-storage stor01 [ID: 1]: Online / Good \n');
  const offline = 'beegfs_targets{filesystem="mgmt01",service="storage",reachability="Probably-offline",consistency="Needs-resync"}';
  expect(await watched.round()).toMatchObject({ [offline]: 0 });
});

test('what a client does not publish is absent, and counters of a debugging build are there', async () => {
  const { root } = madeMachine(client('c1', { config: 'x', '.status': 'numRPCs: 7\nnumRemoteReads: 5\n' }));
  expect(await (await watch(beegfs, root)).round()).toEqual({
    'beegfs_rpcs_total{filesystem="c1"}': 7,
    'beegfs_remote_reads_total{filesystem="c1"}': 5,
  });
});

test('two mounts of one file system are told apart, and one that goes ends', async () => {
  const machine = madeMachine({ ...client('c1'), ...client('c2') });
  const watched = await watch(beegfs, machine.root);
  const both = Object.keys(await watched.round()).filter((key) => key.startsWith('beegfs_unflushed'));
  expect(both).toEqual(['beegfs_unflushed_files{filesystem="mgmt01"}', 'beegfs_unflushed_files{filesystem="c2"}']);
  machine.remove('/proc/fs/beegfs/c2');
  expect(Object.keys(await watched.round()).filter((key) => key.includes('c2'))).toEqual([]);
});

test('a node without BeeGFS says so, and doctor says who counts the bytes', async () => {
  const bare = madeMachine({});
  await expect(watch(beegfs, bare.root)).rejects.toThrow(Unavailable);
  expect(await beegfs.examine?.(openHost(bare.root), {})).toMatchObject([{ found: false, why: 'no BeeGFS is mounted' }]);
  expect(await beegfs.examine?.(openHost(madeMachine(client('c1')).root), {})).toMatchObject([
    { source: 'mgmt01', found: true },
    { found: false, fix: expect.stringContaining('beegfs-ctl') as string },
  ]);
});
