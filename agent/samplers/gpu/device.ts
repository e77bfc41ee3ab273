import type { Metric } from '../../contract/metric.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { metrics } from './metrics.ts';
import { openProcesses } from './processes.ts';
import type { DeviceReading, LabelledValue } from './reading.ts';

/** The series of a GPU or a MIG instance. */
export interface DeviceSeries {
  /** Shows a reading; names of its values that no metric has are answered. */
  show(device: DeviceReading): readonly string[];
  /** Ends every series: the GPU has gone. */
  end(): void;
}

type OpenSeries = (metric: Metric, labels: Readonly<Record<string, string>>) => Series;

const declared: Readonly<Record<string, Metric>> = metrics;
const OWN_LABELS = 3;
const NONE: readonly string[] = [];

/** Opens the series of a device; they open with the first value of each. */
export function openDevice(series: SamplerContext<unknown>['series'], { gpu, uuid, vendor }: DeviceReading): DeviceSeries {
  const own = { gpu, uuid, vendor };
  // The labels are checked by hand: a reading comes from another process, as text.
  const openSeries = series as OpenSeries;
  const plain = new Map<string, Series>();
  const labelled = new Map<string, Series>();
  const processes = openProcesses(series, own);
  let info: { readonly series: Series; readonly of: string } | undefined;

  const seriesOf = (name: string): Series | undefined => {
    const known = plain.get(name);
    if (known !== undefined) return known;
    const metric = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (metric?.labels.length !== OWN_LABELS) return undefined;
    const opened = openSeries(metric, own);
    plain.set(name, opened);
    return opened;
  };
  const labelledSeriesOf = ({ metric: name, labels }: LabelledValue): Series | undefined => {
    const metric = Object.hasOwn(declared, name) ? declared[name] : undefined;
    const further = metric?.labels.slice(OWN_LABELS) ?? [];
    if (metric === undefined || further.length === 0) return undefined;
    const all: Record<string, string> = { ...own };
    let key = name;
    for (const label of further) {
      const value = labels[label];
      if (value === undefined) return undefined;
      key += `\0${value}`;
      all[label] = value;
    }
    let opened = labelled.get(key);
    if (opened === undefined) labelled.set(key, (opened = openSeries(metric, all)));
    return opened;
  };
  const showInfo = ({ name, driver, pci_bus_id, serial }: DeviceReading['info']): void => {
    const of = `${name}\0${driver}\0${pci_bus_id}\0${serial}`;
    if (info?.of !== of) {
      info?.series.end();
      info = { of, series: series(metrics.gpu_info, { ...own, name, driver, pci_bus_id, serial }) };
    }
    info.series.set(1);
  };

  return {
    show(device) {
      let unknown: string[] | undefined;
      showInfo(device.info);
      for (const name in device.values) {
        const one = seriesOf(name);
        if (one === undefined) (unknown ??= []).push(name);
        else one.set(device.values[name] ?? Number.NaN);
      }
      for (const value of device.labelled ?? []) {
        const one = labelledSeriesOf(value);
        if (one === undefined) (unknown ??= []).push(value.metric);
        else one.set(value.value);
      }
      if (device.processes !== undefined) processes.show(device.processes);
      return unknown ?? NONE;
    },
    end() {
      for (const one of [...plain.values(), ...labelled.values()]) one.end();
      info?.series.end();
      processes.end();
    },
  };
}
