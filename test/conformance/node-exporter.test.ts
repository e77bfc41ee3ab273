import { afterAll, beforeAll, expect, test } from 'vitest';
import { needsServer } from '../services/needs-server.ts';
import { startNodeExporter } from '../services/node-exporter.ts';
import type { Service } from '../services/service.ts';
import { parseExposition } from './prometheus-text.ts';
import type { Family } from './prometheus-text.ts';
import { readOnce } from './read-once.ts';

type Exposition = ReadonlyMap<string, Family>;

// Debian builds it with excludes of its own; these are node_exporter 1.5's, which ours are.
const UPSTREAM = [
  '--collector.filesystem.mount-points-exclude=^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)',
  '--collector.netdev.device-exclude=^$',
];

// Under node_, ours alone; each of another meaning than anything node_exporter 1.5 has.
const OURS = ['node_cpus_online', 'node_hardware_info', 'node_pressure_irq_stalled_seconds_total'];

// Facts that do not move while three readings are taken.
const CONSTANT =
  /^node_(boot_time_seconds|uname_info|dmi_info|disk_info|time_zone_offset_seconds|time_clocksource_\w+|filesystem_(size_bytes|files|readonly|device_error)|hwmon_(chip_names|sensor_label)|memory_(MemTotal|SwapTotal|CommitLimit|VmallocTotal|Hugepagesize|DirectMap\w+)(_bytes)?|memory_HugePages_Total)$/;

// What jumps up and down between two looks, by as much as the machine is busy: the share of its size by which ours may lie outside theirs.
const MOVES: readonly { readonly names: RegExp; readonly by: number; readonly atLeast: number }[] = [
  // Load averages are recomputed every 5 s (kernel LOAD_FREQ) and a step is at most 1/12 of the runnable tasks.
  { names: /^node_load\d+$/, by: 0.1, atLeast: 1 },
  // Runnable and blocked tasks are a look at an instant.
  { names: /^node_(procs_\w+|disk_io_now)$/, by: 0, atLeast: 200 },
  // Pages are taken and given back all the time by whatever runs beside the test.
  { names: /^node_memory_/, by: 0.25, atLeast: 128 * 2 ** 20 },
  { names: /^node_filesystem_/, by: 0.02, atLeast: 2 ** 30 },
  { names: /^node_(hwmon|thermal|cooling)_/, by: 0.2, atLeast: 10 },
];

// node_exporter multiplies by 0.001 where we divide by 1000, so that equal counts differ in the last bit.
const LAST_BIT = 1e-12;

needsServer('prometheus-node-exporter')('side by side with node_exporter', () => {
  let exporter: Service | undefined;
  let before: Exposition;
  let ours: Exposition;
  let after: Exposition;

  beforeAll(async () => {
    exporter = await startNodeExporter(UPSTREAM);
    // The first scrape warms both up, so that the three that count are close together.
    await scrape(exporter.url);
    before = await scrape(exporter.url);
    ours = parseExposition((await readOnce('/')).text);
    after = await scrape(exporter.url);
  });
  afterAll(() => exporter?.stop());

  const shared = (): readonly string[] => [...ours.keys()].filter((name) => before.has(name) && name.startsWith('node_'));

  test('both have the names that dashboards start with', () => {
    expect(shared()).toEqual(
      expect.arrayContaining(['node_boot_time_seconds', 'node_cpu_seconds_total', 'node_load1', 'node_memory_MemAvailable_bytes']),
    );
    expect(shared()).toEqual(
      expect.arrayContaining(['node_filesystem_avail_bytes', 'node_network_receive_bytes_total', 'node_uname_info']),
    );
    expect(shared().length).toBeGreaterThan(100);
  });

  test('we invent no node_ name but those listed', () => {
    const own = [...ours.keys()].filter((name) => name.startsWith('node_') && !before.has(name));
    expect(own.filter((name) => !OURS.includes(name))).toEqual([]);
  });

  test('what node_exporter has of the families we read, we have', () => {
    const families =
      /^node_(cpu_(guest_)?seconds|memory_|load|vmstat_|pressure_|disk_|filesystem_|uname|time_|boot|intr|procs|forks|context)/;
    expect([...before.keys()].filter((name) => families.test(name) && !ours.has(name))).toEqual([]);
  });

  test('kinds, label names and series are the same', () => {
    for (const name of shared()) {
      expect({ name, ...shape(ours.get(name)) }).toEqual({ name, ...shape(after.get(name)) });
    }
  });

  test('each name means the same: HELP is equal to the letter', () => {
    for (const name of shared()) expect({ name, help: ours.get(name)?.help }).toEqual({ name, help: after.get(name)?.help });
  });

  test('constant values are equal', () => {
    const constant = shared().filter((name) => CONSTANT.test(name));
    expect(constant.length).toBeGreaterThan(10);
    for (const name of constant) expect({ name, values: ours.get(name)?.series }).toEqual({ name, values: before.get(name)?.series });
  });

  test('moving values lie between its scrape before and its scrape after ours', () => {
    const outside: string[] = [];
    for (const name of shared().filter((name) => !CONSTANT.test(name))) {
      const room = MOVES.find(({ names }) => names.test(name)) ?? { by: 0, atLeast: 0 };
      for (const [id, value] of ours.get(name)?.series ?? []) {
        const [from = Number.NaN, to = Number.NaN] = [before, after]
          .map((scrape) => scrape.get(name)?.series.get(id) ?? Number.NaN)
          .sort((a, b) => a - b);
        const slack = Math.max(room.by * Math.abs(to), room.atLeast, LAST_BIT * Math.abs(to));
        if (!(value >= from - slack && value <= to + slack)) outside.push(`${name}{${id}}: ${value} is not between ${from} and ${to}`);
      }
    }
    expect(outside).toEqual([]);
  });

  test('counters have not gone backwards between theirs and ours', () => {
    for (const name of shared().filter((name) => ours.get(name)?.kind === 'counter')) {
      for (const [id, value] of ours.get(name)?.series ?? []) {
        const earlier = before.get(name)?.series.get(id) ?? 0;
        expect(value, `${name}{${id}}`).toBeGreaterThanOrEqual(earlier - LAST_BIT * Math.abs(earlier));
      }
    }
  });
});

const TREE = new URL('../machines/composed-96-core', import.meta.url).pathname;

// node_exporter asks the running kernel for these whatever tree it is shown.
const KERNELS_OWN = /^node_(uname_info|time_seconds|time_zone_offset_seconds|filesystem_\w+|dmi_info)$/;

needsServer('prometheus-node-exporter')('on the same composed node as node_exporter', () => {
  test('every value of every series is equal, sensors of 96 cores included', async () => {
    const flags = [
      `--path.procfs=${TREE}/proc`,
      `--path.sysfs=${TREE}/sys`,
      `--path.rootfs=${TREE}`,
      `--path.udev.data=${TREE}/run/udev/data`,
    ];
    const exporter = await startNodeExporter([...UPSTREAM, ...flags, '--no-collector.netdev.netlink']);
    try {
      const theirs = await scrape(exporter.url);
      const ours = parseExposition((await readOnce(TREE, { config: { hwmon: { all: true } } })).text);
      const shared = [...ours.keys()].filter((name) => theirs.has(name) && !KERNELS_OWN.test(name));
      expect(shared).toEqual(expect.arrayContaining(['node_hwmon_temp_celsius', 'node_thermal_zone_temp', 'node_disk_info']));
      for (const name of shared) {
        expect({ name, ...shape(ours.get(name)) }).toEqual({ name, ...shape(theirs.get(name)) });
        for (const [id, value] of ours.get(name)?.series ?? []) {
          const their = theirs.get(name)?.series.get(id) ?? Number.NaN;
          expect(Math.abs(value - their), `${name}{${id}}`).toBeLessThanOrEqual(LAST_BIT * Math.abs(their));
        }
      }
      const families =
        /^node_(cpu_(guest_)?seconds|memory_|load|vmstat_|pressure_|disk_info|disk_\w+_total|hwmon_|thermal_|cooling_|network_\w+_total)/;
      expect([...theirs.keys()].filter((name) => families.test(name) && !ours.has(name))).toEqual([]);
    } finally {
      await exporter.stop();
    }
  });
});

function shape(family: Family | undefined): object {
  return { kind: family?.kind, labels: [...(family?.labelNames ?? [])].sort(), series: [...(family?.series.keys() ?? [])].sort() };
}

async function scrape(url: string): Promise<Exposition> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(20_000) });
  return parseExposition(await response.text());
}
