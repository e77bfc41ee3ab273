import type { CommandSurroundings } from './commands.ts';
import { openGpuBoard } from './gpu-board.ts';
import type { Host } from './host.ts';
import { nodeLabels, openSampler } from './open-sampler.ts';
import { openReadings } from './readings.ts';
import type { Readings } from './readings.ts';

/** A GPU as the table shows it: its labels, its values by metric, and those of its processes. */
interface Row {
  readonly gpu: string;
  name: string;
  driver: string;
  readonly values: Map<string, number>;
  readonly processes: Map<string, Map<string, number>>;
}

const WIDTH = 80;
const MIB = 2 ** 20;
const NAME_MIN = 12;
const GAP = '  ';
const DEADLINE_MS = 25_000;

/** Takes one reading of the GPUs and draws it as a table no wider than 80 columns (`vigie-agent gpus`); `-` is what was not read. */
export async function readGpusTable({ config, host, clock, log }: CommandSurroundings): Promise<string> {
  const enabled = config.samplers.find(({ kind }) => kind.name === 'gpu');
  if (enabled === undefined) return `${config.instance}: the sampler gpu is not enabled\n`;
  const readings = openReadings(nodeLabels(config));
  const ending = new AbortController();
  const gpus = openGpuBoard();
  const sampler = openSampler(enabled, { host, readings, clock, log, gpus, signal: ending.signal });
  sampler.take();
  let cancel = nothing;
  await Promise.race([sampler.settled(), new Promise<void>((resolve) => (cancel = clock.after(DEADLINE_MS, resolve)))]);
  cancel();
  const rows = rowsOf(readings);
  ending.abort();
  await sampler.close();
  return rows.length === 0 ? `${config.instance}: no GPU that can be read; vigie-agent doctor says why\n` : drawGpus(rows, host);
}

function rowsOf(readings: Readings): readonly Row[] {
  const rows = new Map<string, Row>();
  readings.visit(({ name, set }, labels, value) => {
    const { uuid, gpu, pid } = labels;
    if (set !== 'gpu' || uuid === undefined || gpu === undefined) return;
    const key = uuid === '' ? gpu : uuid;
    let row = rows.get(key);
    if (row === undefined) rows.set(key, (row = { gpu, name: '-', driver: '', values: new Map(), processes: new Map() }));
    if (name === 'gpu_info') Object.assign(row, { name: labels['name'] || '-', driver: labels['driver'] });
    else if (pid !== undefined) row.processes.set(pid, (row.processes.get(pid) ?? new Map<string, number>()).set(name, value));
    else row.values.set(name, value);
  });
  return [...rows.values()].sort((a, b) => a.gpu.localeCompare(b.gpu, 'en', { numeric: true }));
}

function drawGpus(rows: readonly Row[], host: Host): string {
  const drivers = [...new Set(rows.map(({ driver }) => driver).filter((driver) => driver !== ''))];
  return [
    ...drivers.map((driver) => `driver ${driver}`),
    ...aligned(
      ['GPU', 'NAME', 'FAN', 'TEMP', 'PERF', 'POWER', 'MEMORY', 'UTIL'],
      rows.map((row) => gpuCells(row)),
    ),
    ...drawProcesses(rows, host),
    '',
  ].join('\n');
}

function gpuCells({ gpu, name, values }: Row): readonly string[] {
  const shown = (metric: string, unit: string, per = 1): string => show(values.get(metric), unit, per);
  return [
    gpu,
    name,
    shown('gpu_fan_ratio', '%', 0.01),
    shown('gpu_temperature_celsius', 'C'),
    values.has('gpu_performance_state') ? `P${values.get('gpu_performance_state')}` : '-',
    `${shown('gpu_power_watts', 'W')} / ${shown('gpu_power_limit_watts', 'W')}`,
    `${mebibytes(values.get('gpu_memory_used_bytes'))} / ${mebibytes(values.get('gpu_memory_total_bytes'))}`,
    values.get('gpu_lost') === 1 ? 'lost' : shown('gpu_utilization_ratio', '%', 0.01),
  ];
}

function drawProcesses(rows: readonly Row[], host: Host): readonly string[] {
  const lines = rows.flatMap(({ gpu, processes }) =>
    [...processes].map(([pid, values]) => [
      gpu,
      host.text(`/proc/${pid}/comm`) ?? '-',
      pid,
      mebibytes(values.get('gpu_process_memory_bytes')),
      show(values.get('gpu_process_sm_utilization_ratio'), '%', 0.01),
    ]),
  );
  return lines.length === 0 ? [] : ['', ...aligned(['GPU', 'PROCESS', 'PID', 'MEMORY', 'SM'], lines)];
}

function show(value: number | undefined, unit: string, per: number): string {
  return value === undefined ? '-' : `${Math.round(value / per)}${unit}`;
}

// Cut, as nvidia-smi cuts: a card's memory is no whole number of MiB.
function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? '-' : `${Math.floor(bytes / MIB)}MiB`;
}

/** Lines of columns as wide as their widest cell, numbers to the right; the second column, a name, takes what is left of the line. */
function aligned(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widest = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const others = widest.reduce((sum, width, column) => sum + (column === 1 ? 0 : width + GAP.length), 0);
  const name = Math.max(NAME_MIN, Math.min(widest[1] ?? 0, WIDTH - others));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 1 ? cut(cell, name).padEnd(name) : cell.padStart(widest[column] ?? 0)))
      .join(GAP)
      .trimEnd();
  return [head, ...rows].map(line);
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function nothing(): void {
  // Nothing to cancel yet.
}
