import { Unavailable } from '../../contract/errors.ts';
import type { Host } from '../../host.ts';
import type { Log } from '../../log.ts';
import { findChips, sensorFiles } from '../hwmon/chips.ts';
import { slowSource } from './slow-source.ts';
import type { SlowAnswer } from './slow-source.ts';
import { plausible } from './source.ts';
import type { PowerSource } from './source.ts';
import type { Way } from './way.ts';

/** A power sensor of a monitoring chip that measures the node or a part of it. */
export interface Meter {
  /** What it is a meter of: the node, by ACPI (`acpi`) or by label (`hwmon`), or a module of NVIDIA Grace. */
  readonly of: 'acpi' | 'hwmon' | 'module';
  /** `module0`, `grace0`, `cpu0`, `sysio0`; empty where it is the node's. */
  readonly component: string;
  /** File in microwatts. */
  readonly path: string;
}

// What the drivers of boards call the power of all (ibmpowernv: `System`).
const WHOLE = /^(system|total|node|chassis|input)([ _-]?power)?([ _-]?input)?$/i;
// What Grace's firmware calls its meters (NVIDIA Grace Performance Tuning Guide, power telemetry; DCGM DcgmSystemMonitor.cpp).
const GRACE = /^(Module|Grace|CPU|SysIO) Power Socket (\d+)$/;

/** The meters there are, found without reading one. */
export function findMeters(host: Host): readonly Meter[] {
  return findChips(host).flatMap((chip) => {
    const files = sensorFiles(host, chip).filter(({ type }) => type === 'power');
    const path = (sensor: string, element: string) => files.find((file) => file.sensor === sensor && file.element === element)?.path;
    const textOf = (sensor: string, element: string): string => host.text(path(sensor, element) ?? '') ?? '';
    return [...new Set(files.map(({ sensor }) => sensor))].flatMap((sensor): readonly Meter[] => {
      const watts = path(sensor, 'average') ?? path(sensor, 'input');
      if (watts === undefined || textOf(sensor, 'is_battery') === '1') return [];
      const [, part, socket] = GRACE.exec(textOf(sensor, 'oem_info')) ?? [];
      if (part !== undefined) return [{ of: 'module', component: `${part.toLowerCase()}${socket ?? ''}`, path: watts }];
      if (chip.driver === 'power_meter') return [{ of: 'acpi', component: '', path: watts }];
      return WHOLE.test(textOf(sensor, 'label')) ? [{ of: 'hwmon', component: '', path: watts }] : [];
    });
  });
}

/** How often a meter is asked, in milliseconds: a reading may be an IPMI transaction of the firmware. */
export const METER_PERIOD_MS = 5000;
const MICRO = 1_000_000;

/** Opens the node's meter of one sort, asked in a child process. Throws `Unavailable` where there is none, or where it is not known which one is the node's. */
export function openMeter(host: Host, log: Log, sort: Meter['of'], { pace, probe }: Way): PowerSource {
  const meters = findMeters(host).filter(({ of }) => of === sort);
  const whole = sort === 'module' ? modules(meters) : meters;
  if (whole.length === 0) throw new Unavailable(`no ${NAMES[sort]}`);
  if (sort !== 'module' && whole.length > 1) throw new Unavailable(`${whole.length} ${NAMES[sort]}s, and none says that it is the node's`);
  const read = async ({ path }: Meter): Promise<number> => {
    const { values, error } = await probe.ask(host.path(path));
    if (values === undefined) throw new Error(error ?? `${path} has not been read`);
    return plausible((values['value'] ?? Number.NaN) / MICRO);
  };
  const ask = async (): Promise<SlowAnswer> => {
    const watts = await Promise.all(meters.map(read));
    const sum = meters.reduce((total, meter, at) => total + (whole.includes(meter) ? (watts[at] ?? Number.NaN) : 0), 0);
    if (Number.isNaN(sum)) throw new Error('the meter answers what no node draws');
    const components = meters.flatMap(({ component }, at) =>
      component === '' ? [] : [{ name: component, watts: watts[at] ?? Number.NaN, joules: Number.NaN }],
    );
    return { watts: sum, components };
  };
  return slowSource({ name: sort, tellsParts: sort === 'module', pace, now: () => host.now(), log, ask, close: probe.rest });
}

/** What people call each sort of meter. */
const NAMES: Readonly<Record<Meter['of'], string>> = {
  acpi: 'ACPI power meter',
  hwmon: 'monitoring chip that measures the whole node',
  module: 'meter of a Grace module',
};

// A module is all on it, its GPU included; without such a meter, the Grace sockets are all that is told.
function modules(meters: readonly Meter[]): readonly Meter[] {
  const of = (part: string): readonly Meter[] => meters.filter(({ component }) => component.startsWith(part));
  return of('module').length > 0 ? of('module') : of('grace');
}
