import type { DeviceReading, ProcessReading } from '../../../samplers/gpu/reading.ts';
import { numberOf, uuidOf } from './columns.ts';

const MEBI = 2 ** 20;

interface Chip {
  readonly npu: string;
  readonly chip: string;
  readonly device: DeviceReading;
}

/**
 * The chips in the table of Ascend's `npu-smi info`: two lines each, the first with name, watts and heat, the second with place, load
 * and memory (that of the stacks, HBM, where it has some); below it a table of processes.
 */
export function readNpuSmi(text: string): readonly DeviceReading[] {
  const lines = text.split('\n').filter((line) => line.trimStart().startsWith('|'));
  const rows = lines.map((line) =>
    line
      .trim()
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const below = rows.findIndex((cells) => cells.includes('Process id'));
  const table = below < 0 ? rows : rows.slice(0, below);
  const chips = table.flatMap((cells, at) => readChip(cells, table[at + 1] ?? []));
  if (below < 0) return chips.map(({ device }) => device);
  const running = rows.slice(below + 1).flatMap(readProcess);
  return chips.map(({ npu, chip, device }) => ({
    ...device,
    processes: running.filter((one) => one.npu === npu && one.chip === chip).map(({ process }) => process),
  }));
}

function readChip([head = '', , first = '']: readonly string[], [place = '', bus = '', second = '']: readonly string[]): readonly Chip[] {
  const [, npu, name = ''] = /^(\d+) +(\S+)$/.exec(head) ?? [];
  // Newer tools tell a chip's number over all NPUs beside it.
  const [, chip, device] = /^(\d+)(?: +(\d+))?$/.exec(place) ?? [];
  if (npu === undefined || chip === undefined || !ADDRESS.test(bus)) return [];
  const gpu = device ?? (chip === '0' ? npu : `${npu}:${chip}`);
  const info = { name, driver: '', pci_bus_id: bus === 'NA' ? '' : bus, serial: '' };
  // Chips of one card may share its place on the bus.
  const uuid = uuidOf('ascend', gpu, info) + (chip === '0' ? '' : `-${chip}`);
  const values: Record<string, number> = {};
  const put = (metric: string, value: number | undefined, per = 1): void => {
    if (value !== undefined) values[metric] = value * per;
  };
  const [watts = '', celsius = ''] = first.split(/ +/);
  put('gpu_power_watts', numberOf(watts));
  put('gpu_temperature_celsius', numberOf(celsius));
  const load = numberOf(second.split(/ +/)[0] ?? '');
  put('gpu_utilization_ratio', load === undefined ? undefined : load / 100);
  const memory = [...second.matchAll(/(\d+) *\/ *(\d+)/g)].map(([, used, total]) => [Number(used), Number(total)] as const);
  const [used, total] = memory.findLast(([, most]) => most > 0) ?? [];
  put('gpu_memory_used_bytes', used, MEBI);
  put('gpu_memory_total_bytes', total, MEBI);
  return [{ npu, chip, device: { gpu, uuid, vendor: 'ascend', info, values } }];
}

const ADDRESS = /^([\da-f]{4}:[\da-f]{2}:[\da-f]{2}\.\d|NA)$/i;

function readProcess([place = '', id = '', , mebibytes = '']: readonly string[]): readonly {
  readonly npu: string;
  readonly chip: string;
  readonly process: ProcessReading;
}[] {
  const [, npu, chip] = /^(\d+) +(\d+)$/.exec(place) ?? [];
  if (npu === undefined || chip === undefined || !/^\d+$/.test(id)) return [];
  const memory = numberOf(mebibytes);
  return [{ npu, chip, process: memory === undefined ? { pid: Number(id) } : { pid: Number(id), memory: memory * MEBI } }];
}
