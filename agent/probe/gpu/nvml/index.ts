import { Transient, Unavailable } from '../../../contract/errors.ts';
import type { DeviceReading, GpuReading } from '../../../samplers/gpu/reading.ts';
import type { OpenGpuSource } from '../source.ts';
import { code } from './codes.ts';
import type { Due, NvmlDevice } from './device.ts';
import { enumerate } from './enumerate.ts';

import { openXidCounts } from './events.ts';
import type { XidCounts } from './events.ts';
import { openGpmMemory } from './gpm.ts';
import { loadNvml } from './library.ts';
import type { NvmlLibrary } from './library.ts';
import { openScratch, TEXT_BYTES, textAt } from './scratch.ts';
import type { Scratch } from './scratch.ts';
import type { Search } from './search.ts';

const SECONDS_MS = 5000;
const MINUTE_MS = 60_000;
/** How often a GPU that is lost is looked for. A look at each costs milliseconds. */
const LOST_MS = 10_000;

/** What else than the driver itself stands in the way, by nvmlInit's answer. */
const MENDS: Readonly<Record<number, string>> = {
  [code.noPermission]: 'give the agent access to /dev/nvidia*',
  [code.driverNotLoaded]: 'load it (modprobe nvidia)',
  [code.libRmVersionMismatch]: 'the driver was upgraded: load the new module, or restart the node',
};

/**
 * NVIDIA's cards through the driver's own library, with koffi: load, memory and heat at each reading, clocks and processes every 5 s,
 * the rest every minute. What a card or its driver does not have is left out for good; the readings are of what is left. Rejects with
 * `DriverReplaced` where the library is of no use any more and the process is to be started anew.
 *
 * @throws Unavailable without koffi, library, driver or GPU.
 */
export const openNvml: OpenGpuSource<{ readonly library: string | undefined }> = async (context, options) => {
  const library = await loadNvml(options.library, context.calling);
  const scratch = openScratch();
  start(library);
  const xids = openXidCounts(library.calls, scratch);
  const remarks = new Set<string>();
  const remark = (text: string): void => void remarks.add(text);
  const search: Search = { library, scratch, gpm: openGpmMemory(), driver: driverVersion(library, scratch), remark };
  let devices: readonly NvmlDevice[] = [];
  let strangers: readonly number[] = [];
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    for (const device of devices) device.close();
    devices = [];
    xids.close();
    library.calls.nvmlShutdown?.();
  };
  const look = (): void => {
    const found = enumerate(search, devices);
    devices = found.devices;
    strangers = found.strangers;
    for (const { identity } of found.fresh) if (identity.parent === undefined) xids.watch(identity.handle, identity.uuid);
  };
  try {
    look();
    if (devices.length + strangers.length === 0) throw new Unavailable('NVML finds no GPU that answers: see nvidia-smi and the kernel log');
  } catch (error) {
    close();
    throw error;
  }

  const seconds = openPace(SECONDS_MS, context.period);
  const minute = openPace(MINUTE_MS, context.period);
  const again = openPace(LOST_MS, context.period);
  let looked = true;
  return {
    read(now): GpuReading {
      const due: Due = { now, seconds: seconds(now), minute: minute(now) };
      // Opening has just looked. A GPU that was lost may be back sooner than in a minute.
      const missing = strangers.length > 0 || devices.some(({ lost }) => lost);
      if (!looked && (due.minute || (missing && again(now)))) look();
      looked = false;
      if (devices.length + strangers.length === 0) throw new Transient('NVML finds no GPU any more');
      xids.drain();
      const read = devices.map((device) => readDevice(device, due, xids)).filter((reading) => reading !== undefined);
      for (const index of strangers) read.push(strangerAt(index, search.driver));
      const note = [...remarks].join('; ');
      return { source: 'nvml', at: context.host.now(), devices: read, ...(note === '' ? {} : { note }) };
    },
    close,
  };
};

function start({ calls, errorText }: NvmlLibrary): void {
  const needed = ['nvmlInit_v2', 'nvmlShutdown', 'nvmlDeviceGetCount_v2', 'nvmlDeviceGetHandleByIndex_v2', 'nvmlDeviceGetUUID'] as const;
  for (const name of needed)
    if (calls[name] === undefined) throw new Unavailable(`NVML has no ${name}: the driver is older than any that is known`);
  const answer = calls.nvmlInit_v2?.() ?? code.functionNotFound;
  if (answer === code.success) return;
  const mend = MENDS[answer];
  throw new Unavailable(`NVML does not start: ${errorText(answer)}${mend === undefined ? '' : `; ${mend}`}`);
}

function driverVersion({ calls }: NvmlLibrary, { bytes }: Scratch): string {
  return calls.nvmlSystemGetDriverVersion?.(bytes, TEXT_BYTES) === code.success ? textAt(bytes) : '';
}

// Of a lost GPU only that it is lost is told, and the errors that led to it. An instance is gone with its GPU.
function readDevice(device: NvmlDevice, due: Due, xids: XidCounts): DeviceReading | undefined {
  const { gpu, uuid, parent, minor, info } = device.identity;
  const reading = device.read(due);
  if (parent !== undefined) return reading;
  const labelled = [...(reading?.labelled ?? []), ...xids.of(uuid)];
  if (reading !== undefined) return { ...reading, values: Object.assign(reading.values, { gpu_lost: 0 }), labelled };
  return { gpu, uuid, vendor: 'nvidia', ...(minor === undefined ? {} : { minor }), info, values: { gpu_lost: 1 }, labelled };
}

// A GPU that was lost before the agent started has an index, and no UUID that could be asked for.
function strangerAt(index: number, driver: string): DeviceReading {
  const info = { name: '', driver, pci_bus_id: '', serial: '' };
  return { gpu: String(index), uuid: '', vendor: 'nvidia', info, values: { gpu_lost: 1 } };
}

// Whether something of this pace is due. Half a period early is on time: timers are never exact.
function openPace(everyMs: number, periodMs: number): (now: number) => boolean {
  let last = Number.NaN;
  return (now) => {
    // Not less than: NaN, the first time, is due; and a clock set back is no reason to wait.
    const waits = now >= last && now - last < everyMs - periodMs / 2;
    if (!waits) last = now;
    return !waits;
  };
}
