import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { Unavailable } from '../../contract/errors.ts';
import { openHost } from '../../host.ts';
import lustre from './index.ts';

// As lprocfs_stats_seq_show writes them: name, samples, unit, and for sums the least, the greatest and the sum.
const OLD = `snapshot_time             1523008010.817348638 secs.nsecs
dirty_pages_hits          44 samples [regs]
read_bytes                25673 samples [bytes] 1 3366225 145121869
write_bytes               13641 samples [bytes] 1 3366225 468230469
open                      12 samples [regs]
getattr                   7 samples [regs]
`;
const NEW = `snapshot_time             1700000000.000000001 secs.nsecs
start_time                1699990000.000000001 secs.nsecs
elapsed_time              10000.000000000 secs.nsecs
read_bytes                2 samples [bytes] 4096 4096 8192 33554432
read                      2 samples [usec] 10 30 40 1000
open                      3 samples [usec] 100 300 500000 98765
ioctl                     1 samples [reqs]
`;
const proc = '/proc/fs/lustre/llite';
const debug = '/sys/kernel/debug/lustre/llite';

test('bytes, calls and operations are counted by file system', async () => {
  const { root } = madeMachine({ [`${proc}/scratch-ffff8f3a5c2d1000/stats`]: OLD });
  expect(await (await watch(lustre, root)).round()).toEqual({
    'lustre_read_bytes_total{filesystem="scratch"}': 145_121_869,
    'lustre_write_bytes_total{filesystem="scratch"}': 468_230_469,
    'lustre_read_calls_total{filesystem="scratch"}': 25_673,
    'lustre_write_calls_total{filesystem="scratch"}': 13_641,
    'lustre_operations_total{filesystem="scratch",operation="dirty_pages_hits"}': 44,
    'lustre_operations_total{filesystem="scratch",operation="open"}': 12,
    'lustre_operations_total{filesystem="scratch",operation="getattr"}': 7,
  });
});

test('a client that measures time tells it in seconds, and is found in debugfs', async () => {
  const { root } = madeMachine({
    '/sys/fs/lustre/llite/home-dir-ffff8f3a5c2d1000/uuid': 'x',
    [`${debug}/home-dir-ffff8f3a5c2d1000/stats`]: NEW,
  });
  expect(await (await watch(lustre, root)).round()).toEqual({
    'lustre_read_bytes_total{filesystem="home-dir"}': 8192,
    'lustre_read_calls_total{filesystem="home-dir"}': 2,
    'lustre_operations_total{filesystem="home-dir",operation="read"}': 2,
    'lustre_operation_seconds_total{filesystem="home-dir",operation="read"}': 0.00004,
    'lustre_operations_total{filesystem="home-dir",operation="open"}': 3,
    'lustre_operation_seconds_total{filesystem="home-dir",operation="open"}': 0.5,
    'lustre_operations_total{filesystem="home-dir",operation="ioctl"}': 1,
  });
});

const opens = (count: number): string => `open ${count} samples [regs]\n`;
const opened = 'lustre_operations_total{filesystem="scratch",operation="open"}';

test('a file system mounted twice is one, and its counters do not fall when a mount goes', async () => {
  let now = 0;
  const machine = madeMachine({ [`${proc}/scratch-ffff0001/stats`]: opens(100), [`${proc}/scratch-ffff0002/stats`]: opens(20) });
  const watched = await watch(lustre, machine.root, { now: () => now });
  expect(await watched.round()).toMatchObject({ [opened]: 120 });
  machine.remove(`${proc}/scratch-ffff0001`);
  machine.write(`${proc}/scratch-ffff0002/stats`, opens(25));
  now += 30_000;
  expect(await watched.round()).toMatchObject({ [opened]: 125 });
});

test('a file system mounted later is found, and one that has gone ends', async () => {
  let now = 0;
  const machine = madeMachine({ [`${proc}/scratch-ffff0001/stats`]: opens(1) });
  const watched = await watch(lustre, machine.root, { now: () => now });
  await watched.round();
  machine.remove(`${proc}/scratch-ffff0001`);
  machine.write(`${proc}/work-ffff0003/stats`, opens(9));
  now += 30_000;
  expect(await watched.round()).toEqual({ 'lustre_operations_total{filesystem="work",operation="open"}': 9 });
});

test('an operation that occurs for the first time is a new series; a broken line is a gap of its own', async () => {
  const machine = madeMachine({ [`${proc}/scratch-ffff0001/stats`]: opens(1) });
  const watched = await watch(lustre, machine.root);
  await watched.round();
  machine.write(
    `${proc}/scratch-ffff0001/stats`,
    `open x samples [regs]\nread_bytes 3 samples [bytes]\nclose 2 samples [regs]\ntorn 9 sam`,
  );
  expect(await watched.round()).toEqual({
    'lustre_read_calls_total{filesystem="scratch"}': 3,
    'lustre_operations_total{filesystem="scratch",operation="close"}': 2,
  });
});

test('without Lustre, or with statistics that may not be read, it says what is in the way', async () => {
  await expect(watch(lustre, madeMachine({}).root)).rejects.toThrow(Unavailable);
  const closed = madeMachine({
    '/sys/fs/lustre/llite/scratch-ffff0001/uuid': 'x',
    '/proc/mounts': 'debugfs /sys/kernel/debug debugfs rw 0 0\n',
  });
  await expect(watch(lustre, closed.root)).rejects.toThrow(/scratch: .*only root may read/);
  expect(await lustre.examine?.(openHost(closed.root), {})).toMatchObject([
    { source: 'scratch', found: false, fix: expect.stringContaining('CAP_DAC_READ_SEARCH') as string },
  ]);
  const unmounted = madeMachine({ '/sys/fs/lustre/llite/scratch-ffff0001/uuid': 'x' });
  expect(await lustre.examine?.(openHost(unmounted.root), {})).toMatchObject([{ fix: 'mount -t debugfs debugfs /sys/kernel/debug' }]);
  const open = madeMachine({ [`${proc}/scratch-ffff0001/stats`]: OLD });
  expect(await lustre.examine?.(openHost(open.root), {})).toMatchObject([{ source: 'scratch', found: true }]);
});
