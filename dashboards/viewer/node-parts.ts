import type { Sample } from './exposition.ts';
import type { Reading } from './reading.ts';

/** How a CPU spends its time, shares of one. */
export interface Core {
  readonly cpu: string;
  readonly busy: number | null;
  readonly user: number;
  readonly system: number;
  readonly iowait: number;
}

/** The CPUs by number. */
export function coresOf(reading: Reading): Core[] {
  const modes = new Map<string, Map<string, number | null>>();
  for (const sample of reading.all('node_cpu_seconds_total')) {
    const cpu = label(sample, 'cpu');
    const of = modes.get(cpu) ?? new Map<string, number | null>();
    if (of.size === 0) modes.set(cpu, of);
    of.set(label(sample, 'mode'), reading.rate('node_cpu_seconds_total', sample));
  }
  return [...modes].map(([cpu, rates]) => core(cpu, rates)).sort((a, b) => names.compare(a.cpu, b.cpu));
}

function core(cpu: string, rates: ReadonlyMap<string, number | null>): Core {
  const known = [...rates.values()].every((rate) => rate !== null);
  // Ticks are counted in hundredths, so the modes need not add up to one.
  const total = [...rates.values()].reduce<number>((sum, rate) => sum + (rate ?? 0), 0);
  const share = (...of: readonly string[]): number => (total > 0 ? of.reduce((sum, mode) => sum + (rates.get(mode) ?? 0), 0) / total : 0);
  return {
    cpu,
    busy: known && total > 0 ? 1 - share('idle', 'iowait') : null,
    user: share('user', 'nice'),
    system: share('system', 'irq', 'softirq', 'steal'),
    iowait: share('iowait'),
  };
}

/** A disk's work per second. */
export interface Disk {
  readonly device: string;
  readonly read: number | null;
  readonly written: number | null;
  readonly operations: number | null;
  /** Share of time with something to do. */
  readonly busy: number | null;
}

/** The disks, the busiest first. */
export function disksOf(reading: Reading): Disk[] {
  const of = byDevice(reading);
  return reading
    .all('node_disk_read_bytes_total')
    .map((sample) => {
      const device = label(sample, 'device');
      return {
        device,
        read: of('node_disk_read_bytes_total', device),
        written: of('node_disk_written_bytes_total', device),
        operations: sum(of('node_disk_reads_completed_total', device), of('node_disk_writes_completed_total', device)),
        busy: of('node_disk_io_time_seconds_total', device),
      };
    })
    .sort((a, b) => names.compare(a.device, b.device));
}

/** A network interface's traffic per second. */
export interface Interface {
  readonly device: string;
  readonly received: number | null;
  readonly sent: number | null;
  /** Errors and drops, both ways. */
  readonly faults: number | null;
  /** Whether anything has ever gone through it. */
  readonly used: boolean;
}

/** The network interfaces. */
export function interfacesOf(reading: Reading): Interface[] {
  const of = byDevice(reading);
  const ever = byLabel(reading, 'node_network_transmit_bytes_total', 'device');
  return reading
    .all('node_network_receive_bytes_total')
    .map((sample) => {
      const device = label(sample, 'device');
      const faults = ['receive_errs', 'receive_drop', 'transmit_errs', 'transmit_drop'].map((name) =>
        of(`node_network_${name}_total`, device),
      );
      return {
        device,
        received: of('node_network_receive_bytes_total', device),
        sent: of('node_network_transmit_bytes_total', device),
        faults: sum(...faults),
        used: sample.value > 0 || (ever.get(device) ?? 0) > 0,
      };
    })
    .sort((a, b) => Number(b.used) - Number(a.used) || names.compare(a.device, b.device));
}

/** A file system's room in bytes. */
export interface Filesystem {
  readonly mountpoint: string;
  readonly type: string;
  readonly size: number;
  readonly available: number;
  readonly usedRatio: number;
  /** Share of its inodes in use; null where it has no fixed number. */
  readonly inodesRatio: number | null;
}

/** The file systems, the fullest first. */
export function filesystemsOf(reading: Reading): Filesystem[] {
  const available = byLabel(reading, 'node_filesystem_avail_bytes', 'mountpoint');
  const files = byLabel(reading, 'node_filesystem_files', 'mountpoint');
  const filesFree = byLabel(reading, 'node_filesystem_files_free', 'mountpoint');
  return reading
    .all('node_filesystem_size_bytes')
    .flatMap((sample) => {
      const mountpoint = label(sample, 'mountpoint');
      const free = available.get(mountpoint);
      if (free === undefined || sample.value <= 0) return [];
      const [inodes, inodesFree] = [files.get(mountpoint), filesFree.get(mountpoint)];
      const inodesRatio = inodes === undefined || inodesFree === undefined || inodes <= 0 ? null : 1 - inodesFree / inodes;
      const usedRatio = 1 - free / sample.value;
      return [{ mountpoint, type: label(sample, 'fstype'), size: sample.value, available: free, usedRatio, inodesRatio }];
    })
    .sort((a, b) => b.usedRatio - a.usedRatio);
}

/** A temperature sensor. */
export interface Sensor {
  readonly key: string;
  readonly name: string;
  readonly celsius: number;
  /** Where its maker says it is too hot; null where it does not. */
  readonly limit: number | null;
}

/** The temperature sensors, the hottest first. */
export function sensorsOf(reading: Reading): Sensor[] {
  const chips = byLabel(reading, 'node_hwmon_chip_names', 'chip', (sample) => label(sample, 'chip_name'));
  const titles = new Map(reading.all('node_hwmon_sensor_label').map((sample) => [sensorKey(sample), label(sample, 'label')]));
  const limits = new Map<string, number>();
  for (const name of ['node_hwmon_temp_max_celsius', 'node_hwmon_temp_crit_celsius']) {
    for (const sample of reading.all(name)) if (sample.value > 0) limits.set(sensorKey(sample), sample.value);
  }
  const hwmon = reading.all('node_hwmon_temp_celsius').map((sample) => {
    const key = sensorKey(sample);
    const chip = chips.get(label(sample, 'chip')) ?? label(sample, 'chip');
    return { key, name: `${chip} ${titles.get(key) ?? label(sample, 'sensor')}`, celsius: sample.value, limit: limits.get(key) ?? null };
  });
  const zones = reading.all('node_thermal_zone_temp').map((sample) => {
    const name = `${label(sample, 'type')} zone ${label(sample, 'zone')}`;
    return { key: `zone ${name}`, name, celsius: sample.value, limit: null };
  });
  return [...hwmon, ...zones].sort((a, b) => b.celsius - a.celsius || names.compare(a.name, b.name));
}

/** What is known of the machine, as pairs of name and fact. */
export function factsOf(reading: Reading): (readonly [string, string])[] {
  const hardware = reading.all('node_hardware_info')[0];
  const dmi = reading.all('node_dmi_info')[0];
  const uname = reading.all('node_uname_info')[0];
  const agent = reading.all('vigie_agent_info')[0];
  const facts: (readonly [string, string])[] = [
    ['Machine', words(hardware, 'vendor', 'model') || words(dmi, 'system_vendor', 'product_name')],
    ['CPU', words(hardware, 'cpu')],
    ['System', words(hardware, 'os')],
    ['Kernel', words(uname, 'release', 'machine')],
    ['Agent', words(agent, 'version')],
  ];
  return facts.filter(([, fact]) => fact !== '');
}

const names = new Intl.Collator('en', { numeric: true });

function label(sample: Sample, name: string): string {
  return sample.labels.get(name) ?? '';
}

function byLabel(reading: Reading, name: string, by: string): Map<string, number>;
function byLabel<T>(reading: Reading, name: string, by: string, of: (sample: Sample) => T): Map<string, T>;
function byLabel(reading: Reading, name: string, by: string, of: (sample: Sample) => unknown = ({ value }) => value): Map<string, unknown> {
  return new Map(reading.all(name).map((sample) => [label(sample, by), of(sample)]));
}

function byDevice(reading: Reading): (name: string, device: string) => number | null {
  const rates = new Map<string, Map<string, number | null>>();
  return (name, device) => {
    const of = rates.get(name) ?? byLabel(reading, name, 'device', (sample) => reading.rate(name, sample));
    rates.set(name, of);
    return of.get(device) ?? null;
  };
}

function sum(...values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

function sensorKey(sample: Sample): string {
  return `${label(sample, 'chip')} ${label(sample, 'sensor')}`;
}

function words(sample: Sample | undefined, ...labels: readonly string[]): string {
  return labels
    .map((name) => (sample === undefined ? '' : label(sample, name)))
    .filter((text) => text !== '')
    .join(' ');
}
