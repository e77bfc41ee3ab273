// Composes a node of 96 cores in the formats of the kernel's documentation: two packages with their sensors, InfiniBand, many disks
// and interfaces, pressure with irq, network file systems. Run as: node test/machines/compose-96-core.mjs FOLDER
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

const target = process.argv[2];
if (target === undefined) throw new Error('say where to: node test/machines/compose-96-core.mjs FOLDER');
rmSync(target, { recursive: true, force: true });

// The same numbers every time: a linear congruential generator with the constants of Numerical Recipes.
let state = 96;
const upTo = (limit) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state % limit;
};
const file = (path, text) => {
  mkdirSync(dirname(target + path), { recursive: true });
  writeFileSync(target + path, text.endsWith('\n') ? text : `${text}\n`);
};
const files = (folder, texts) => Object.entries(texts).forEach(([name, text]) => file(`${folder}/${name}`, String(text)));
const link = (path, to) => {
  mkdirSync(dirname(target + path), { recursive: true });
  symlinkSync(relative(dirname(path), to), target + path);
};
const times = (count, make) => Array.from({ length: count }, (_, at) => make(at));
const CORES = 96;

function stat() {
  const cpus = times(CORES, () => [upTo(9e6), upTo(2e3), upTo(2e6), 9e7 + upTo(9e6), upTo(5e4), 0, upTo(3e4), 0, upTo(4e6), 0]);
  const all = times(10, (column) => cpus.reduce((sum, cpu) => sum + cpu[column], 0));
  file(
    '/proc/stat',
    [
      `cpu  ${all.join(' ')}`,
      ...cpus.map((cpu, at) => `cpu${at} ${cpu.join(' ')}`),
      `intr 98765432109 ${times(2824, () => upTo(20) && upTo(90)).join(' ')}`,
      'ctxt 123456789012',
      'btime 1790000000',
      'processes 45678901',
      'procs_running 97',
      'procs_blocked 3',
      'softirq 55555555555 1 2 3 4 5 6 7 8 9 10',
    ].join('\n'),
  );
}

function memory() {
  const kilobytes = {
    MemTotal: 527_987_432,
    MemFree: 301_123_456,
    MemAvailable: 480_555_112,
    Buffers: 1_234_568,
    Cached: 160_000_004,
    SwapCached: 0,
    Active: 90_000_008,
    Inactive: 70_000_012,
    'Active(anon)': 20_000_016,
    'Inactive(anon)': 20_020,
    Unevictable: 24,
    SwapTotal: 8_388_604,
    SwapFree: 8_388_600,
    Dirty: 1024,
    Slab: 9_000_000,
    SReclaimable: 7_000_000,
    SUnreclaim: 2_000_000,
    Committed_AS: 33_000_000,
    VmallocTotal: 34_359_738_367,
    HardwareCorrupted: 0,
    SiteOwnField: 7,
  };
  const lines = Object.entries(kilobytes).map(([name, value]) => `${`${name}:`.padEnd(15)} ${String(value).padStart(8)} kB`);
  file('/proc/meminfo', [...lines, 'HugePages_Total:    1024', 'HugePages_Free:     1000', 'Hugepagesize:       2048 kB'].join('\n'));
  const counts = { nr_free_pages: 1, pgpgin: 987_654_321, pgpgout: 123_456_789, pswpin: 11, pswpout: 12, pgfault: 9_876_543_210 };
  Object.assign(counts, { pgmajfault: 4321, pgsteal_kswapd: 5, oom_kill: 2, numa_hint_faults: 6, thp_fault_alloc: 7, pgdemote_fault: 8 });
  file('/proc/vmstat', Object.entries(counts).map((pair) => pair.join(' ')).join('\n'));
  file('/proc/loadavg', '95.51 80.25 40.00 97/2345 456789');
}

function network() {
  const names = ['lo', 'eno1', 'eno2', 'ens1f0', 'ens1f1np1', 'ib0', 'ib1', 'docker0', ...times(20, (at) => `veth${(at * 7919 + 4096).toString(16)}`)];
  const row = (name) => `${name.padStart(6)}: ${times(16, (at) => (at % 8 < 2 ? upTo(4e9) * 1000 : upTo(3))).join(' ')}`;
  const head = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
  ];
  file('/proc/net/dev', [...head, ...names.map(row)].join('\n'));
}

function disks() {
  const disk = (major, minor, name, columns = 17) =>
    `${String(major).padStart(4)} ${String(minor).padStart(7)} ${name} ${times(columns, () => upTo(1e9)).join(' ')}`;
  const nvme = times(4, (at) => [disk(259, at * 4, `nvme${at}n1`), disk(259, at * 4 + 1, `nvme${at}n1p1`)]).flat();
  const sd = times(12, (at) => [disk(8, at * 16, `sd${'abcdefghijkl'[at]}`), disk(8, at * 16 + 1, `sd${'abcdefghijkl'[at]}1`)]).flat();
  file('/proc/diskstats', [disk(7, 0, 'loop0'), ...nvme, ...sd, disk(253, 0, 'dm-0', 15), disk(9, 0, 'md0', 11)].join('\n'));
  file('/run/udev/data/b259:0', 'S:disk/by-id/x\nE:ID_MODEL=Example NVMe 3.84TB\nE:ID_SERIAL_SHORT=S0000001\nE:ID_WWN=eui.0001\nE:ID_PATH=pci-0000:01:00.0-nvme-1');
  file('/run/udev/data/b8:0', 'E:ID_MODEL=Example_HDD\nE:ID_SERIAL=Example_HDD_Z1\nE:ID_SERIAL_SHORT=Z1\nE:ID_REVISION=A01');
}

function mounts() {
  const lines = [
    'sysfs /sys sysfs rw 0 0',
    'proc /proc proc rw 0 0',
    '/dev/nvme0n1p1 / ext4 rw,relatime 0 0',
    'tmpfs /run tmpfs rw,size=52798744k 0 0',
    'tmpfs /dev/shm tmpfs rw 0 0',
    '/dev/md0 /scratch xfs ro,noatime 0 0',
    '/dev/sdb1 /data\\040of\\040people ext4 rw 0 0',
    '10.0.0.1@o2ib:/lustre /lustre lustre rw,flock 0 0',
    'nfs01:/home /home nfs4 rw,hard 0 0',
    '/etc/auto.apps /apps autofs rw,fd=6 0 0',
    'beegfs_nodev /beegfs beegfs rw 0 0',
    'squashfuse /cvmfs fuse.squashfuse ro 0 0',
  ];
  file('/proc/1/mounts', lines.join('\n'));
}

const stall = (kind) => `${kind} avg10=1.50 avg60=0.75 avg300=0.25 total=${upTo(4e9)}`;

function pressure() {
  for (const name of ['cpu', 'io', 'memory']) file(`/proc/pressure/${name}`, `${stall('some')}\n${stall('full')}`);
  file('/proc/pressure/irq', stall('full'));
}

function hwmon() {
  for (const chip of [0, 1]) {
    const device = `/sys/devices/platform/coretemp.${chip}`;
    const folder = `${device}/hwmon/hwmon${chip}`;
    const sensor = (at, label) =>
      files(folder, {
        [`temp${at}_label`]: label,
        [`temp${at}_input`]: 45_000 + upTo(30) * 1000,
        [`temp${at}_max`]: 91_000,
        [`temp${at}_crit`]: 101_000,
        [`temp${at}_crit_alarm`]: 0,
      });
    file(`${folder}/name`, 'coretemp');
    sensor(1, `Package id ${chip}`);
    for (let core = 0; core < CORES / 2; core++) sensor(core + 2, `Core ${core}`);
    link(`${folder}/device`, device);
    link(`/sys/class/hwmon/hwmon${chip}`, folder);
  }
  board();
}

function board() {
  const chips = [
    { device: '/sys/devices/platform/nct6775.656', name: 'nct6798' },
    { device: '/sys/devices/pci0000:00/0000:00:1f.4/i2c-0/0-0018', name: 'jc42' },
    { device: '/sys/devices/pci0000:00/0000:01:00.0/nvme/nvme0', name: 'nvme' },
  ];
  chips.forEach(({ device, name }, at) => {
    const folder = `${device}/hwmon/hwmon${at + 2}`;
    const sensors = { name, temp1_input: 33_500, temp1_max: 81_850, temp1_alarm: 0 };
    if (name === 'nct6798') {
      Object.assign(sensors, { fan1_input: 5400, fan1_min: 0, fan1_alarm: 0, in0_input: 1016, in0_label: 'Vcore', pwm1: 153, pwm1_enable: 5 });
      Object.assign(sensors, { curr1_input: 12_500, power1_input: 245_000_000, power1_cap: 350_000_000, energy1_input: 123_456_789_012 });
      Object.assign(sensors, { temp2_input: -5500, temp3_fault: 1, temp2_type: 6, update_interval: 1000, beep_enable: 1, intrusion0_alarm: 0 });
      file(`${device}/power/control`, 'auto');
    }
    files(folder, sensors);
    link(`${folder}/device`, device);
    link(`/sys/class/hwmon/hwmon${at + 2}`, folder);
  });
}

function thermal() {
  const virtual = '/sys/devices/virtual/thermal';
  for (const zone of [0, 1]) {
    files(`${virtual}/thermal_zone${zone}`, { type: 'x86_pkg_temp', temp: 61_000 + zone * 500, policy: 'step_wise' });
    link(`/sys/class/thermal/thermal_zone${zone}`, `${virtual}/thermal_zone${zone}`);
  }
  for (let device = 0; device < 4; device++) {
    files(`${virtual}/cooling_device${device}`, { type: 'Processor', cur_state: device === 3 ? 1 : 0, max_state: 3 });
    link(`/sys/class/thermal/cooling_device${device}`, `${virtual}/cooling_device${device}`);
  }
}

function infiniband() {
  for (const card of [0, 1]) {
    const device = `/sys/devices/pci0000:5d/0000:5e:00.${card}/infiniband/mlx5_${card}`;
    files(`${device}/ports/1`, { state: '4: ACTIVE', phys_state: '5: LinkUp', rate: '200 Gb/sec (4X HDR)', link_layer: 'InfiniBand' });
    files(`${device}/ports/1/counters`, { port_xmit_data: upTo(4e9) * 100, port_rcv_data: upTo(4e9) * 100, port_xmit_packets: upTo(4e9) });
    files(`${device}/ports/1/counters`, { port_rcv_packets: upTo(4e9), port_rcv_errors: 0, symbol_error: 1, link_downed: 2, port_xmit_wait: 3 });
    files(device, { board_id: 'MT_0000000223', fw_ver: '20.31.1014', hca_type: 'MT4123' });
    link(`/sys/class/infiniband/mlx5_${card}`, device);
  }
}

function system() {
  files('/proc/sys/kernel', { ostype: 'Linux', osrelease: '6.1.0-32-amd64', version: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.129-1', arch: 'x86_64' });
  files('/proc/sys/kernel', { hostname: 'dahu33', domainname: '(none)' });
  files('/sys/devices/system/clocksource/clocksource0', { available_clocksource: 'tsc hpet acpi_pm ', current_clocksource: 'tsc' });
  files('/sys/class/dmi/id', { bios_vendor: 'Example Inc.', bios_version: '2.15.1', product_name: 'Example "R740"', sys_vendor: 'Example Inc.' });
}

for (const part of [stat, memory, network, disks, mounts, pressure, hwmon, thermal, infiniband, system]) part();
