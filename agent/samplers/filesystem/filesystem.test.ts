import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import filesystem from './index.ts';
import { isNetwork, parseMounts } from './mounts.ts';
import { guardStuck } from './stuck-guard.ts';
import type { Space } from './stuck-guard.ts';

const mount = (fstype: string, at = '/x', options = 'rw') => `dev ${at} ${fstype} ${options} 0 0`;

test('what node_exporter excludes is excluded, and names are unescaped', () => {
  const text = [
    mount('proc', '/proc'),
    mount('tmpfs', '/dev/shm'),
    mount('overlay', '/var/lib/docker/overlay2/1'),
    mount('autofs', '/apps'),
    mount('ext4', '/with\\040blank\\011tab\\134', 'ro,noatime'),
    mount('xfs', '/device'),
    'half a line',
    mount('xfs', '/device'),
  ].join('\n');
  expect(parseMounts(text)).toEqual([
    { device: 'dev', mountpoint: '/with blank\ttab\\', fstype: 'ext4', readonly: true },
    { device: 'dev', mountpoint: '/device', fstype: 'xfs', readonly: false },
  ]);
});

test.each(['nfs', 'nfs4', 'lustre', 'gpfs', 'beegfs', 'cifs', 'smb3', 'ceph', 'fuse.sshfs', '9p', 'afs', 'glusterfs'])(
  '%s waits for others',
  (fstype) => {
    expect(isNetwork({ device: '', mountpoint: '', fstype, readonly: false })).toBe(true);
  },
);

test.each(['ext4', 'xfs', 'btrfs', 'zfs', 'tmpfs', 'vfat', 'fuseblk'])('%s does not', (fstype) => {
  expect(isNetwork({ device: '', mountpoint: '', fstype, readonly: false })).toBe(false);
});

test('local file systems are asked, those of others left alone, and a mount that went ends', async () => {
  const machine = madeMachine({ '/proc/1/mounts': `${mount('ext4', '/')}\n${mount('nfs4', '/home')}\n${mount('xfs', '/gone', 'ro')}\n` });
  const watched = await watch(filesystem, machine.root);
  const values = await watched.round();
  const labels = '{device="dev",fstype="ext4",mountpoint="/"}';
  expect(values[`node_filesystem_size_bytes${labels}`]).toBeGreaterThan(values[`node_filesystem_avail_bytes${labels}`] ?? Number.NaN);
  expect(values).toMatchObject({
    [`node_filesystem_readonly${labels}`]: 0,
    [`node_filesystem_device_error${labels}`]: 0,
    'node_filesystem_device_error{device="dev",fstype="xfs",mountpoint="/gone"}': 1,
  });
  expect(Object.keys(values)).toHaveLength(8);
  machine.write('/proc/1/mounts', `${mount('ext4', '/')}\n`);
  expect(Object.keys(await watched.round())).toHaveLength(7);
});

describe('the guard against mounts that hang', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const space: Space = { bsize: 1, blocks: 2, bfree: 1, bavail: 1, files: 1, ffree: 1 };

  test('asks once while a call hangs, and again when it has ended', async () => {
    const calls: ((answer: Space) => void)[] = [];
    const ask = guardStuck(() => new Promise((resolve) => calls.push(resolve)), 5000);
    const first = ask('/stuck');
    await vi.advanceTimersByTimeAsync(4999);
    expect(await Promise.race([first, Promise.resolve('waiting')])).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(await first).toBe('stuck');
    expect(await ask('/stuck')).toBe('stuck');
    expect(calls).toHaveLength(1);
    calls[0]?.(space);
    await vi.advanceTimersByTimeAsync(0);
    const again = ask('/stuck');
    calls[1]?.(space);
    expect(await again).toEqual(space);
  });

  test('leaves threads to others: with two calls hanging no third is made', async () => {
    let calls = 0;
    const ask = guardStuck(() => {
      calls++;
      return new Promise<never>(() => undefined);
    }, 5000);
    const hanging = [ask('/a'), ask('/b')];
    await vi.advanceTimersByTimeAsync(5000);
    expect(await Promise.all(hanging)).toEqual(['stuck', 'stuck']);
    expect(await ask('/c')).toBe('unasked');
    expect(calls).toBe(2);
  });

  test('tells a failed call from one that hangs', async () => {
    const ask = guardStuck(() => Promise.reject(new Error('EIO')), 5000);
    expect(await ask('/broken')).toBe('failed');
    expect(await ask('/broken')).toBe('failed');
  });
});
