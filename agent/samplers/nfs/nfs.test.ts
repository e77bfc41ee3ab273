import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { Unavailable } from '../../contract/errors.ts';
import { openHost } from '../../host.ts';
import nfs from './index.ts';

const LOCAL = 'device rootfs mounted on / with fstype rootfs\ndevice /dev/sda1 mounted on /boot with fstype ext4\n';

interface Made {
  readonly where?: string;
  readonly age?: number;
  readonly transports?: readonly string[];
  readonly operations?: string;
}

function mount(from: string, { where = '/mnt', age = 100, transports = [TCP], operations = OPERATIONS }: Made = {}): string {
  return `device ${from} mounted on ${where} with fstype nfs4 statvers=1.1
\topts:\trw,vers=4.0,proto=tcp,clientaddr=192.168.1.5
\tage:\t${age}
\tevents:\t52 226 0 7 1 13 398 0 0 331 0 47 5 0 77 0 0 77 0 0 0 0 3 4 2 0 0 
\tbytes:\t1207640230 11 12 13 1210214218 15 295483 17 
\tRPC iostats version: 1.0  p/v: 100003/4 (nfs)
${transports.map((line) => `\txprt:\t${line}\n`).join('')}\tper-op statistics
${operations}
`;
}

const TCP = 'tcp 832 0 1 0 11 6428 6427 2 12154 5 24 26 5726';
const OPERATIONS = '\t        NULL: 0 0 0 0 0 0 0 0\n\t        READ: 1298 1300 1 207680 1210292152 6 79386 79407 4\n';
const INFO = '21 1 0:50 / /mnt rw,noatime - nfs4 srv:/a rw,vers=4.0,clientaddr=10.0.0.9,addr=10.0.0.1\n';

const labels = 'export="srv:/a",protocol="tcp",mountaddr="10.0.0.1"';
const name = (metric: string, more = ''): string => `node_mountstats_nfs_${metric}{${labels}${more}}`;

test('a mount is told as node_exporter tells it, its used operations too', async () => {
  const { root } = madeMachine({ '/proc/self/mountstats': LOCAL + mount('srv:/a'), '/proc/self/mountinfo': INFO });
  const values = await (await watch(nfs, root)).round();
  expect(values).toMatchObject({
    [name('age_seconds_total')]: 100,
    [name('read_bytes_total')]: 1_207_640_230,
    [name('direct_write_bytes_total')]: 13,
    [name('total_read_bytes_total')]: 1_210_214_218,
    [name('read_pages_total')]: 295_483,
    [name('event_vfs_getdents_total')]: 5,
    [name('event_jukebox_delay_total')]: 2,
    [name('transport_connect_total')]: 1,
    [name('transport_sends_total')]: 6428,
    [name('transport_bad_transaction_ids_total')]: 2,
    [name('transport_pending_queue_total')]: 5726,
    [name('operations_requests_total', ',operation="READ"')]: 1298,
    [name('operations_received_bytes_total', ',operation="READ"')]: 1_210_292_152,
    [name('operations_response_time_seconds_total', ',operation="READ"')]: 79.386,
    [name('operations_errors_total', ',operation="READ"')]: 4,
    [name('mountpoint_info', ',mountpoint="/mnt"')]: 1,
    nfs_mounts_left_out: 0,
  });
  expect(Object.keys(values).filter((key) => key.includes('NULL'))).toEqual([]);
});

test.each([
  ['several connections count together', [TCP, TCP], { transport_sends_total: 12_856, transport_pending_queue_total: 11_452 }, 7],
  ['udp has no connections', ['udp 1000 0 5 6 7 8 9 10 11 12'], { transport_sends_total: 5, transport_backlog_queue_total: 9 }, 6],
  ['rdma has no queues', ['rdma 0 0 1 0 11 50 51 2 3 4 99 98 97'], { transport_sends_total: 50, transport_backlog_queue_total: 4 }, 5],
])('of transports, %s', async (_, transports, expected, count) => {
  const { root } = madeMachine({ '/proc/self/mountstats': mount('srv:/a', { transports }) });
  const told = Object.entries(await (await watch(nfs, root)).round()).flatMap(([key, value]) =>
    key.includes('transport_') ? [[key.replace(/^node_mountstats_nfs_|\{.*/g, ''), value] as const] : [],
  );
  expect(Object.fromEntries(told)).toMatchObject(expected);
  expect(told).toHaveLength(count);
});

test('a time counted below nought, a short line and letters are gaps', async () => {
  const operations = '\t ACCESS: 12 12 0 1 1 18446743919241604546 5 6 x\n\t CLOSE: 3 3\n';
  const { root } = madeMachine({ '/proc/self/mountstats': mount('srv:/a', { operations }), '/proc/self/mountinfo': INFO });
  const values = await (await watch(nfs, root)).round();
  expect(values).not.toHaveProperty([name('operations_queue_time_seconds_total', ',operation="ACCESS"')]);
  expect(values).not.toHaveProperty([name('operations_errors_total', ',operation="ACCESS"')]);
  expect(values).toMatchObject({ [name('operations_response_time_seconds_total', ',operation="ACCESS"')]: 0.005 });
  expect(values).toMatchObject({ [name('operations_transmissions_total', ',operation="CLOSE"')]: 3 });
  expect(values).not.toHaveProperty([name('operations_sent_bytes_total', ',operation="CLOSE"')]);
});

test('mounts come and go, and an operation is told once it occurs', async () => {
  const machine = madeMachine({ '/proc/self/mountstats': LOCAL + mount('srv:/a'), '/proc/self/mountinfo': INFO });
  const watched = await watch(nfs, machine.root);
  await watched.round();
  const operations = `${OPERATIONS}\t        WRITE: 1 1 0 2 3 4 5 6\n`;
  machine.write('/proc/self/mountstats', `${mount('srv:/b', { where: '/b' })}${LOCAL}${mount('srv:/a', { operations })}`);
  const both = await watched.round();
  expect(both).toMatchObject({ [name('operations_requests_total', ',operation="WRITE"')]: 1 });
  expect(both).toMatchObject({ 'node_mountstats_nfs_age_seconds_total{export="srv:/b",protocol="tcp",mountaddr=""}': 100 });
  machine.write('/proc/self/mountstats', LOCAL + mount('srv:/b', { where: '/b' }));
  expect(Object.keys(await watched.round()).filter((key) => key.includes('srv:/a'))).toEqual([]);
  machine.write('/proc/self/mountstats', LOCAL);
  expect(await watched.round()).toEqual({});
});

test('what is mounted anew in the same place is looked at anew', async () => {
  const machine = madeMachine({ '/proc/self/mountstats': mount('srv:/a'), '/proc/self/mountinfo': INFO });
  const watched = await watch(nfs, machine.root);
  await watched.round();
  machine.write('/proc/self/mountstats', mount('srv:/a', { age: 1, transports: ['rdma 0 0 1 0 11 50 51 2 3 4'] }));
  await watched.round();
  expect(Object.keys(await watched.round()).filter((key) => key.includes('protocol="tcp"'))).toEqual([]);
});

test('an export mounted twice is one, and mounts beyond the bound are counted', async () => {
  const twice = mount('srv:/a') + mount('srv:/a', { where: '/again' });
  const many = Array.from({ length: 5 }, (_, at) => mount(`srv:/home/${at}`, { where: `/home/${at}` })).join('');
  const { root } = madeMachine({ '/proc/self/mountstats': twice + many });
  const values = await (await watch(nfs, root, { config: { mounts: 3 } })).round();
  expect(Object.keys(values).filter((key) => key.startsWith('node_mountstats_nfs_age_seconds_total'))).toHaveLength(3);
  expect(Object.keys(values).filter((key) => key.startsWith('node_mountstats_nfs_mountpoint_info'))).toHaveLength(4);
  expect(values['nfs_mounts_left_out']).toBe(3);
});

test("init's mounts are the node's", async () => {
  const { root } = madeMachine({ '/proc/1/mountstats': mount('srv:/init'), '/proc/self/mountstats': mount('srv:/own') });
  expect(Object.keys(await (await watch(nfs, root)).round()).filter((key) => key.includes('srv:/own'))).toEqual([]);
});

test('calls have the procedures that the kernel knows', async () => {
  const { root } = madeMachine({
    '/proc/net/rpc/nfs': 'net 18628 1 18627 6\nrpc 4329785 3 4338291\nproc3 22 1 4084749 29200\nproc4 3 1 2 3\nproc9 1 1\n',
  });
  expect(await (await watch(nfs, root)).round()).toEqual({
    'node_nfs_packets_total{protocol="udp"}': 1,
    'node_nfs_packets_total{protocol="tcp"}': 18_627,
    node_nfs_connections_total: 6,
    node_nfs_rpcs_total: 4_329_785,
    node_nfs_rpc_retransmissions_total: 3,
    node_nfs_rpc_authentication_refreshes_total: 4_338_291,
    'node_nfs_requests_total{proto="3",method="Null"}': 1,
    'node_nfs_requests_total{proto="3",method="GetAttr"}': 4_084_749,
    'node_nfs_requests_total{proto="3",method="SetAttr"}': 29_200,
    'node_nfs_requests_total{proto="4",method="Null"}': 1,
    'node_nfs_requests_total{proto="4",method="Read"}': 2,
    'node_nfs_requests_total{proto="4",method="Write"}': 3,
  });
});

test('a node without NFS says so, to doctor too', async () => {
  const { root } = madeMachine({ '/proc/self/mountstats': LOCAL });
  await expect(watch(nfs, root)).rejects.toThrow(Unavailable);
  expect(await nfs.examine?.(openHost(root), { mounts: 1 })).toMatchObject([{ found: false }, { source: 'mounts', found: false }]);
  const mounted = madeMachine({ '/proc/self/mountstats': LOCAL + mount('srv:/a') });
  expect(await nfs.examine?.(openHost(mounted.root), { mounts: 1 })).toMatchObject([{ found: false }, { found: true, why: '/mnt' }]);
});

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn('skipped: a recorded NFS client, because VIGIE_TEST_DATA does not say where it is');

test.skipIf(data === undefined)('a recorded client reads as node_exporter reads it', async () => {
  const values = await (await watch(nfs, `${data}/machines/procfs`)).round();
  // What node_exporter 1.5 prints for the same tree.
  expect(values).toMatchObject({
    node_nfs_rpcs_total: 4_329_785,
    'node_nfs_requests_total{proto="3",method="Lookup"}': 94_754,
    'node_nfs_requests_total{proto="3",method="Commit"}': 39,
    'node_nfs_requests_total{proto="2",method="ReadDir"}': 99,
    'node_nfs_requests_total{proto="4",method="SetClientID"}': 1,
    'node_nfs_requests_total{proto="4",method="Remove"}': 2,
    'node_nfs_requests_total{proto="4",method="Clone"}': 0,
  });
  expect(Object.keys(values)).toHaveLength(105);
});
