import type { GpuInfo } from '../../../samplers/gpu/reading.ts';
import { code, isLost } from './codes.ts';
import { gpuItems, instanceItems, openDevice } from './device.ts';
import type { NvmlDevice } from './device.ts';
import { gpmItem } from './gpm.ts';
import { pair } from './item.ts';
import type { Target } from './item.ts';
import { textAt } from './scratch.ts';
import { count, handleFrom, number, text } from './search.ts';
import type { Search } from './search.ts';

/** Where nvmlPciInfo_t (68 bytes) has its bus id. */
const BUS_ID = { at: 36, length: 32 } as const;

/** The GPUs that the driver has, in the order of their indexes, each followed by its MIG instances. */
export interface Found {
  readonly devices: readonly NvmlDevice[];
  /** Opened now, by this search. */
  readonly fresh: readonly NvmlDevice[];
  /** Indexes of lost GPUs that were never seen well: the driver tells no more of them. */
  readonly strangers: readonly number[];
}

/**
 * Looks which GPUs and instances there are. UUIDs say which is which, because indexes and handles may change; a device that stayed
 * what it was is kept, with what it has learned. A GPU that is there no more is kept too, as lost; an instance is closed.
 *
 * @throws DriverReplaced
 */
export function enumerate(search: Search, before: readonly NvmlDevice[]): Found {
  const known = new Map(before.map((device) => [device.identity.uuid, device]));
  const devices: NvmlDevice[] = [];
  const fresh: NvmlDevice[] = [];
  const strangers: number[] = [];
  const settle = (uuid: string, gpu: string, handle: bigint, split: boolean, open: () => NvmlDevice): void => {
    const old = known.get(uuid);
    const same = old !== undefined && old.identity.gpu === gpu && old.identity.handle === handle && old.split === split;
    if (same) old.find();
    else old?.close();
    known.delete(uuid);
    const device = same ? old : open();
    devices.push(device);
    if (!same) fresh.push(device);
  };

  const { calls } = search.library;
  const total = count(search);
  for (let index = 0; index < total; index++) {
    const handle = handleFrom(search, calls.nvmlDeviceGetHandleByIndex_v2, index);
    const uuid = typeof handle === 'number' ? '' : text(search, calls.nvmlDeviceGetUUID, handle);
    if (typeof handle === 'number' || uuid === '') {
      // That it is lost is an answer. Without one nothing is known, and what was there stays.
      const lost = typeof handle === 'number' && isLost(handle);
      const there = placedAt(before, index);
      if (lost && there.length === 0) strangers.push(index);
      for (const device of lost ? [] : there) {
        known.delete(device.identity.uuid);
        devices.push(device);
      }
      continue;
    }
    const instances = instancesOf(search, handle);
    settle(uuid, String(index), handle, instances !== undefined, () => openGpu(search, index, uuid, handle, instances !== undefined));
    for (const { slot, handle: own, uuid: ownUuid } of instances ?? [])
      settle(ownUuid, `${index}:${slot}`, own, false, () => openInstance(search, `${index}:${slot}`, uuid, handle, own, ownUuid));
  }
  for (const device of known.values()) {
    if (device.identity.parent !== undefined) device.close();
    else {
      device.lose();
      devices.push(device);
    }
  }
  return { devices, fresh, strangers };
}

// A GPU and its instances.
function placedAt(devices: readonly NvmlDevice[], index: number): readonly NvmlDevice[] {
  return devices.filter(({ identity: { gpu } }) => gpu.split(':')[0] === String(index));
}

function openGpu(search: Search, index: number, uuid: string, handle: bigint, split: boolean): NvmlDevice {
  const target = targetOf(search, handle);
  const minor = number(search, search.library.calls.nvmlDeviceGetMinorNumber, handle);
  const gpm = gpmItem(target, search.gpm, { handle, refused: () => refuse(search) });
  const identity = { gpu: String(index), uuid, handle, info: infoOf(search, handle), ...(minor === undefined ? {} : { minor }) };
  return openDevice(identity, gpuItems(target, [gpm, pair(target, 'minute', 'nvmlDeviceGetMigMode', ['gpu_mig_enabled'])], !split), split);
}

function openInstance(search: Search, gpu: string, parent: string, board: bigint, handle: bigint, uuid: string): NvmlDevice {
  const target = targetOf(search, handle);
  const instance = number(search, search.library.calls.nvmlDeviceGetGpuInstanceId, handle);
  const gpm = instance === undefined ? undefined : gpmItem(target, search.gpm, { handle: board, instance, refused: () => refuse(search) });
  // What NVML does not tell of an instance is told of its board.
  const own = infoOf(search, handle);
  const whole = infoOf(search, board);
  const info = { ...whole, name: own.name === '' ? whole.name : own.name };
  return openDevice({ gpu, uuid, handle, parent, info }, instanceItems(target, [gpm]));
}

/** A MIG instance in its slot, which is its index in nvidia-smi. */
interface Instance {
  readonly slot: number;
  readonly handle: bigint;
  readonly uuid: string;
}

// Undefined where the GPU is not split.
function instancesOf(search: Search, handle: bigint): readonly Instance[] | undefined {
  const { calls } = search.library;
  if (number(search, calls.nvmlDeviceGetMigMode, handle, search.scratch.beside) !== 1) return undefined;
  const slots = number(search, calls.nvmlDeviceGetMaxMigDeviceCount, handle) ?? 0;
  const found: Instance[] = [];
  for (let slot = 0; slot < slots; slot++) {
    const own = handleFrom(search, calls.nvmlDeviceGetMigDeviceHandleByIndex, handle, slot);
    const uuid = typeof own === 'number' ? '' : text(search, calls.nvmlDeviceGetUUID, own);
    if (typeof own !== 'number' && uuid !== '') found.push({ slot, handle: own, uuid });
  }
  return found;
}

function targetOf(search: Search, handle: bigint): Target {
  const { library, scratch } = search;
  const { nvmlDeviceGetCudaComputeCapability: ask } = library.calls;
  const known = ask !== undefined && ask(handle, scratch.words, scratch.beside) === code.success;
  const capability = known ? (scratch.words[0] ?? 0) * 10 + (scratch.beside[0] ?? 0) : 0;
  return { calls: library.calls, handle, scratch, capability };
}

function infoOf(search: Search, handle: bigint): GpuInfo {
  const { calls } = search.library;
  const { bytes } = search.scratch;
  return {
    name: text(search, calls.nvmlDeviceGetName, handle),
    driver: search.driver,
    pci_bus_id: calls.nvmlDeviceGetPciInfo_v3?.(handle, bytes) === code.success ? textAt(bytes, BUS_ID.at, BUS_ID.length) : '',
    serial: text(search, calls.nvmlDeviceGetSerial, handle),
  };
}

function refuse({ remark }: Search): void {
  remark(
    'the driver shows its profiling counters (gpu_sm_active_ratio, …) to administrators only: ' +
      'run the agent with CAP_SYS_ADMIN or load nvidia with NVreg_RestrictProfilingToAdminUsers=0',
  );
}
