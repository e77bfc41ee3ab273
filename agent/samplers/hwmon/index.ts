import { Unavailable } from '../../contract/errors.ts';
import { flag } from '../../contract/fields.ts';
import type { Host } from '../../host.ts';
import { looseValue, openValue } from '../../kept-value.ts';
import type { KeptValue } from '../../kept-value.ts';
import { defineSampler } from '../../sampler.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { findChips, HWMON, isCheap, sensorFiles } from './chips.ts';
import type { Chip, SensorFile } from './chips.ts';
import { examineChips } from './examine.ts';
import { metrics, nameMetrics, sensorMetric } from './metrics.ts';

// Limits hardly ever change, and a core's crit_alarm repeats what its temperature tells: only what moves is read every round and kept
// open, which on 96 cores saves 400 files.
const MOVING = /^$|^(input|average|alarm|fault)$/;
const LOOK_AGAIN_MS = 60_000;

interface Sensor {
  readonly series: Series;
  readonly value: KeptValue;
  readonly per: number;
  readonly moving: boolean;
  last: number;
}

export default defineSampler({
  name: 'hwmon',
  summary: 'Temperatures, fans, voltages, currents, watts and joules of monitoring chips, from /sys/class/hwmon.',
  period: '10s',
  metrics,
  options: {
    all: flag(false, 'Also chips whose reading is slow or disturbs what they measure, such as NVMe and SATA disks and ACPI power meters.'),
  },
  examine: examineChips,
  open({ host, series, options }) {
    const wanted = ({ driver }: Chip): boolean => options.all || isCheap(driver);
    let shown = '';
    let sensors: readonly Sensor[] = [];
    let names: readonly Series[] = [];
    let lookedAt = Number.NEGATIVE_INFINITY;

    const close = (): void => {
      for (const { value } of sensors) value.close();
    };
    const drop = (): void => {
      close();
      for (const { series } of sensors) series.end();
      for (const name of names) name.end();
    };
    const find = (): void => {
      const chips = findChips(host).filter(wanted);
      const files = chips.flatMap((chip) => sensorFiles(host, chip).map((file) => ({ chip, file })));
      const now = JSON.stringify(files);
      if (now === shown) return;
      drop();
      shown = now;
      sensors = files.flatMap(({ chip, file }) => openSensor(host, series, chip, file, files));
      names = [
        ...chips.flatMap((chip) => chipNameOf(series, chip)),
        ...files.flatMap(({ chip, file }) => labelOf(host, series, chip, file)),
      ];
    };

    find();
    if (sensors.length === 0)
      throw new Unavailable(`no monitoring chip that is cheap to read in ${host.path(HWMON)}; all: true reads every one`);
    return {
      sample() {
        const now = host.now();
        // A clock set back must not keep the sampler from looking for as long.
        const due = Math.abs(now - lookedAt) >= LOOK_AGAIN_MS;
        if (due) find();
        for (const sensor of sensors) {
          if (due || sensor.moving) sensor.last = sensor.value.read() / sensor.per;
          sensor.series.set(sensor.last);
        }
        for (const name of names) name.set(1);
        if (due) lookedAt = now;
      },
      close,
    };
  },
});

type Found = { readonly chip: Chip; readonly file: SensorFile };

function openSensor(
  host: Host,
  series: SamplerContext<unknown>['series'],
  chip: Chip,
  file: SensorFile,
  all: readonly Found[],
): readonly Sensor[] {
  const { type, sensor, element, path } = file;
  if (element === 'label') return [];
  const hasBare = all.some((other) => other.chip === chip && other.file.sensor === sensor && other.file.element === '');
  const { metric, per } = sensorMetric(type, element, hasBare);
  try {
    const moving = MOVING.test(element);
    const value = moving ? openValue(host, path) : looseValue(host, path);
    const labels = { chip: chip.chip, sensor };
    return [{ series: series(metric, labels), value, per, moving, last: Number.NaN }];
  } catch (error) {
    if (error instanceof Unavailable) return [];
    throw error;
  }
}

function chipNameOf(series: SamplerContext<unknown>['series'], { chip, driver }: Chip): readonly Series[] {
  return driver === '' ? [] : [series(nameMetrics.node_hwmon_chip_names, { chip, chip_name: driver })];
}

function labelOf(host: Host, series: SamplerContext<unknown>['series'], { chip }: Chip, file: SensorFile): readonly Series[] {
  if (file.element !== 'label') return [];
  const label = host.text(file.path);
  return label === undefined ? [] : [series(nameMetrics.node_hwmon_sensor_label, { chip, sensor: file.sensor, label })];
}
