import { Unavailable } from '../../../contract/errors.ts';
import type { Host } from '../../../host.ts';
import type { DeviceReading, ProcessReading } from '../../../samplers/gpu/reading.ts';
import { findProgram } from '../command/find-program.ts';
import { openCommandRunner } from '../command/run-command.ts';
import type { GpuSource, GpuSourceContext } from '../source.ts';
import { askProcesses } from './query.ts';
import type { SmiProcess } from './query.ts';
import { openRowsChild } from './rows-child.ts';
import { openSlowly } from './slowly.ts';

/** How `nvidia-smi` is run. */
export interface NvidiaSmiOptions {
  /** A name to look for on PATH, or an absolute path; both below the host's root. `nvidia-smi` by default. */
  readonly program?: string;
  /** How long its first rows may take; 20 s by default, as the first client may have to wake the cards, seconds each. */
  readonly firstMs?: number;
}

const PROCESSES_MS = 5000;
const FIRST_MS = 20_000;

/**
 * NVIDIA GPUs through one `nvidia-smi --query-gpu` that stays: the fallback where NVML cannot be loaded. Every row is handed out
 * once; a reading without a new row rejects with `Transient`, and a child that ends or falls silent is replaced after a pause.
 *
 * @throws Unavailable where there is no nvidia-smi, or none that finds a GPU; Transient where it does not answer.
 */
export async function openNvidiaSmi(context: GpuSourceContext, options: NvidiaSmiOptions = {}): Promise<GpuSource> {
  const { host, period, signal } = context;
  const name = options.program ?? 'nvidia-smi';
  const program = findProgram(host, name);
  if (program === undefined) throw new Unavailable(`there is no ${name}; install the utilities of the NVIDIA driver (nvidia-utils)`);

  const child = await openRowsChild(program, options.firstMs ?? FIRST_MS, context);
  const asker = openCommandRunner(program, signal);
  const processes = openSlowly(Math.max(PROCESSES_MS, period), () => askProcesses(asker));
  const minors = new Map<string, number | undefined>();
  return {
    async read(now) {
      const rows = await child.rows();
      const running = processes.take(now);
      const devices = rows.map(({ device }) => withProcesses(withMinor(host, minors, device), running));
      const reading = { source: 'nvidia-smi', at: host.now(), devices };
      return processes.trouble() === undefined ? reading : { ...reading, note: processes.trouble() ?? '' };
    },
    close: () => child.close(),
  };
}

function withMinor(host: Host, known: Map<string, number | undefined>, device: DeviceReading): DeviceReading {
  const { pci_bus_id } = device.info;
  if (!known.has(pci_bus_id)) known.set(pci_bus_id, minorOf(host, pci_bus_id));
  const minor = known.get(pci_bus_id);
  return minor === undefined ? device : { ...device, minor };
}

// The driver writes the address with four digits for the domain, nvidia-smi with eight.
function minorOf(host: Host, bus: string): number | undefined {
  const about = host.text(`/proc/driver/nvidia/gpus/${bus.toLowerCase().replace(/^0000(?=[\da-f]{4}:)/, '')}/information`) ?? '';
  const minor = /^Device Minor:\s*(\d+)/m.exec(about)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

function withProcesses(device: DeviceReading, running: readonly SmiProcess[] | undefined): DeviceReading {
  if (running === undefined) return device;
  const own = running.filter(({ uuid }) => uuid === device.uuid);
  return { ...device, processes: own.map(({ pid, memory }): ProcessReading => (memory === undefined ? { pid } : { pid, memory })) };
}
