import type { BoardGpu, BoardProcess, GpuBoard } from '../../gpu-board.ts';
import type { Log } from '../../log.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { openDevice } from './device.ts';
import type { DeviceSeries } from './device.ts';
import { metrics } from './metrics.ts';
import type { DeviceReading, GpuReading } from './reading.ts';

/** What the readings of every source become: series of each GPU, and what other samplers see of it. */
export interface Sheets {
  /** Shows a reading and publishes it on the board. */
  show(reading: GpuReading): void;
  /** Ends what was read last more than three periods before `now`. */
  sweep(now: number): void;
  /** Ends everything. */
  close(): void;
}

interface Sheet {
  readonly source: Series;
  devices: Map<string, { readonly gpu: string; readonly series: DeviceSeries }>;
  /** Who used the GPUs when that was read last; it is not read each time. */
  processes: Map<string, readonly BoardProcess[]>;
  processesAt: number;
  goodUntil: number;
}

const PERIODS = 3;
// Sources ask for processes less often than for load, every 5 s: three times that.
const PROCESSES_GOOD_MS = 15_000;

/** Opens the sheets: one for each source. */
export function openSheets({
  series,
  gpus,
  log,
  period,
}: Pick<SamplerContext<unknown>, 'series' | 'period'> & { gpus: GpuBoard; log: Log }): Sheets {
  const sheets = new Map<string, Sheet>();
  const said = new Map<string, string>();
  const complained = new Set<string>();

  const openSheet = ({ source }: GpuReading): Sheet => {
    const opened: Sheet = {
      source: series(metrics.gpu_source_info, { source }),
      devices: new Map(),
      processes: new Map(),
      processesAt: Number.NEGATIVE_INFINITY,
      goodUntil: 0,
    };
    sheets.set(source, opened);
    return opened;
  };
  const tell = (source: string, note = ''): void => {
    // A source that was silent for a while is no news.
    if (said.get(source) === note) return;
    said.set(source, note);
    log.info(`GPUs are read with ${source}${note === '' ? '' : `; ${note}`}`);
  };
  const end = (source: string, sheet: Sheet): void => {
    for (const { series } of sheet.devices.values()) series.end();
    sheet.source.end();
    sheets.delete(source);
    gpus.publish(source, [], [], 0);
  };
  const complain = (source: string, names: readonly string[]): void => {
    for (const name of names) {
      if (complained.has(name)) continue;
      complained.add(name);
      log.warn(`${source} reads ${name}, which is no metric of a GPU: left out`);
    }
  };

  // Two sources of the same card have the same series, which the first must have ended before the second opens them.
  const takeOver = (uuid: string): void => {
    for (const [source, sheet] of sheets) {
      const taken = sheet.devices.get(uuid);
      if (taken === undefined) continue;
      said.delete(source);
      taken.series.end();
      sheet.devices.delete(uuid);
      sheet.processes.delete(uuid);
    }
  };

  const showDevices = (sheet: Sheet, { source, devices }: GpuReading): void => {
    const before = new Map(sheet.devices);
    const now = new Map<string, { readonly gpu: string; readonly series: DeviceSeries }>();
    for (const device of devices) {
      const key = keyOf(device);
      if (now.has(key)) continue;
      const known = before.get(key);
      // A GPU with another index than before is another row for whoever looks.
      const same = known?.gpu === device.gpu;
      if (same) before.delete(key);
      if (known === undefined) takeOver(key);
      const one = same ? known : { gpu: device.gpu, series: openDevice(series, device) };
      now.set(key, one);
      complain(source, one.series.show(device));
    }
    for (const gone of before.values()) gone.series.end();
    sheet.devices = now;
  };

  return {
    show(reading) {
      const { source, at, devices, every = 0, note } = reading;
      const sheet = sheets.get(source) ?? openSheet(reading);
      tell(source, note);
      const good = PERIODS * Math.max(period, every);
      sheet.goodUntil = at + good;
      sheet.source.set(1);
      showDevices(sheet, reading);
      const asked = devices.some(({ processes }) => processes !== undefined);
      if (asked) sheet.processesAt = at;
      const keep = at - sheet.processesAt <= Math.max(PROCESSES_GOOD_MS, good) ? sheet.processes : new Map<string, never>();
      // Other samplers know GPUs by their UUID.
      const named = devices.filter(({ uuid }) => uuid !== '');
      sheet.processes = new Map(named.map((device) => [device.uuid, boardProcesses(device) ?? keep.get(device.uuid) ?? []]));
      gpus.publish(source, named.map(boardGpu), [...sheet.processes.values()].flat(), sheet.goodUntil);
    },
    sweep(now) {
      for (const [source, sheet] of sheets) if (now > sheet.goodUntil) end(source, sheet);
    },
    close() {
      for (const [source, sheet] of sheets) end(source, sheet);
    },
  };
}

function keyOf({ gpu, uuid }: DeviceReading): string {
  return uuid === '' ? gpu : uuid;
}

function boardGpu({ gpu, uuid, parent, minor, values }: DeviceReading): BoardGpu {
  // The sum of the instances' watts would count the card several times.
  const own = (name: string): number => (parent === undefined ? (values[name] ?? Number.NaN) : Number.NaN);
  return { gpu, uuid, parent, minor, watts: own('gpu_power_watts'), joules: own('gpu_energy_joules_total') };
}

function boardProcesses({ uuid, processes }: DeviceReading): readonly BoardProcess[] | undefined {
  return processes?.map(({ pid, memory = Number.NaN }) => ({ uuid, pid, memoryBytes: memory }));
}
