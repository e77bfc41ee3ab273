import { expect, test } from 'vitest';
import { madeMachine } from '../../test/machines/made-machine.ts';
import { readConfig } from '../contract/config.ts';
import { openHost } from '../host.ts';
import type { SamplerKind } from '../sampler.ts';
import diskstats from '../samplers/diskstats/index.ts';
import filesystem from '../samplers/filesystem/index.ts';
import hwmon from '../samplers/hwmon/index.ts';
import pressure from '../samplers/pressure/index.ts';
import thermal from '../samplers/thermal/index.ts';

const CHIPS = {
  '/sys/class/hwmon/hwmon0/name': 'coretemp\n',
  '/sys/class/hwmon/hwmon1/name': 'coretemp\n',
  '/sys/class/hwmon/hwmon2/name': 'nvme\n',
};
const MOUNTS = { '/proc/mounts': '/dev/sda1 / ext4 rw 0 0\nsrv:/home /home nfs4 rw 0 0\nproc /proc proc rw 0 0\n' };

test.each<[string, SamplerKind, Readonly<Record<string, string>>, unknown, readonly object[]]>([
  [
    'hwmon names the drivers it reads, and those it leaves alone',
    hwmon,
    CHIPS,
    {},
    [
      { found: true, why: '2 coretemp' },
      { found: false, why: expect.stringContaining('nvme') as string, fix: 'samplers: { hwmon: { all: true } }' },
    ],
  ],
  ['hwmon that reads all leaves none alone', hwmon, CHIPS, { all: true }, [{ found: true, why: '2 coretemp, nvme' }]],
  [
    'hwmon without chips says how to find their drivers',
    hwmon,
    {},
    {},
    [{ found: false, fix: expect.stringContaining('sensors-detect') as string }],
  ],
  [
    'a virtual machine is not asked for chips',
    hwmon,
    { '/proc/cpuinfo': 'flags\t\t: fpu vme hypervisor lahf_lm\n' },
    {},
    [{ found: false, why: 'a virtual machine has none' }],
  ],
  ['pressure says how the kernel is to be booted', pressure, {}, {}, [{ found: false, fix: expect.stringContaining('psi=1') as string }]],
  ['pressure names what it reads', pressure, { '/proc/pressure/io': 'some total=1\n' }, {}, [{ found: true, why: 'io' }]],
  [
    'thermal counts its zones',
    thermal,
    { '/sys/class/thermal/thermal_zone0/temp': '1', '/sys/class/thermal/cooling_device0/cur_state': '1' },
    {},
    [{ found: true, why: '1 zones, 1 cooling devices' }],
  ],
  [
    'filesystem says that network mounts are left alone',
    filesystem,
    MOUNTS,
    {},
    [
      { found: true, why: '1 mounts' },
      { found: false, why: expect.stringContaining('nfs4') as string, fix: 'samplers: { filesystem: { network: true } }' },
    ],
  ],
  ['filesystem asked for network mounts finds them', filesystem, MOUNTS, { network: true }, [{ found: true }, { found: true }]],
  [
    'diskstats counts whole disks, and says where their names would come from',
    diskstats,
    { '/proc/diskstats': '   8       0 sda 1 2 3\n   8       1 sda1 1 2 3\n' },
    {},
    [
      { found: true, why: '1 whole disks' },
      { found: false, why: expect.stringContaining('/run/udev') as string },
    ],
  ],
])('%s', async (_, kind, files, config, expected) => {
  const options = readConfig(kind.options, config, kind.name);
  const findings = await kind.examine?.(openHost(madeMachine(files).root), options);
  expect(findings).toMatchObject(expected);
  expect(findings).toHaveLength(expected.length);
});
