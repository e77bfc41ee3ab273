import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import diskstats from './index.ts';

const line = (place: string, name: string, columns = 17) =>
  `${place} ${name} ${Array.from({ length: columns }, (_, at) => at + 1).join(' ')}\n`;

test('sectors become bytes and milliseconds seconds', async () => {
  const { root } = madeMachine({ '/proc/diskstats': line(' 259       0', 'nvme0n1') });
  expect(await (await watch(diskstats, root)).round()).toMatchObject({
    'node_disk_reads_completed_total{device="nvme0n1"}': 1,
    'node_disk_read_bytes_total{device="nvme0n1"}': 3 * 512,
    'node_disk_read_time_seconds_total{device="nvme0n1"}': 0.004,
    'node_disk_written_bytes_total{device="nvme0n1"}': 7 * 512,
    'node_disk_io_now{device="nvme0n1"}': 9,
    'node_disk_io_time_seconds_total{device="nvme0n1"}': 0.01,
    'node_disk_discarded_sectors_total{device="nvme0n1"}': 14,
    'node_disk_flush_requests_time_seconds_total{device="nvme0n1"}': 0.017,
  });
});

test('partitions, RAM and loop disks are left out, and older kernels have fewer columns', async () => {
  const disks = ['nvme0n1p1', 'sda1', 'loop0', 'ram1', 'fd0'].map((name) => line('   8       1', name)).join('');
  const { root } = madeMachine({ '/proc/diskstats': disks + line('   8       0', 'sda', 11) });
  const values = await (await watch(diskstats, root)).round();
  expect(Object.keys(values).every((key) => key.includes('device="sda"'))).toBe(true);
  expect(Object.keys(values)).toHaveLength(12);
});

test('a disk that is replaced by another in its place is another disk', async () => {
  const machine = madeMachine({ '/proc/diskstats': line('   8       0', 'sda') + line('   8      16', 'sdb') });
  const watched = await watch(diskstats, machine.root);
  await watched.round();
  machine.write('/proc/diskstats', line('   8       0', 'sda') + line('   8      16', 'sdc'));
  const values = await watched.round();
  expect(values).toMatchObject({ 'node_disk_reads_completed_total{device="sdc"}': 1 });
  expect(Object.keys(values).filter((key) => key.includes('sdb'))).toEqual([]);
});
