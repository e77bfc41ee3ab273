import { readColumns } from './columns.ts';
import type { ColumnTable } from './columns.ts';
import { readNpuSmi } from './npu-smi.ts';
import type { Tool } from './tool.ts';

const MIB = 2 ** 20;
const MISSING = ['N/A', 'NA', '-', '[N/A]'];
const PACE = { everyMs: 10_000, timeoutMs: 5000 };

// One line a device; columns as SwanLab's and FlagPerf's readers of the P800 and R480 have them.
const kunlunxinTable: ColumnTable = {
  format: 'blanks',
  missing: MISSING,
  columns: {
    pci_bus_id: { at: 1, per: 1 },
    gpu: { at: 2, per: 1 },
    gpu_temperature_celsius: { at: 5, per: 1 },
    gpu_power_watts: { at: 9, per: 1 },
    gpu_memory_used_bytes: { at: 18, per: MIB },
    gpu_memory_total_bytes: { at: 19, per: MIB },
    gpu_utilization_ratio: { at: 20, per: 0.01 },
    name: { at: 22, to: 23, per: 1 },
  },
};

// docs.habana.ai, "System Management Interface Tool"; the order is the one that is asked for.
const gaudiQueries = [
  ['index', 'gpu'],
  ['uuid', 'uuid'],
  ['name', 'name'],
  ['bus_id', 'pci_bus_id'],
  ['driver_version', 'driver'],
  ['serial', 'serial'],
  ['temperature.aip', 'gpu_temperature_celsius', 1],
  ['utilization.aip', 'gpu_utilization_ratio', 0.01],
  ['memory.total', 'gpu_memory_total_bytes', MIB],
  ['memory.used', 'gpu_memory_used_bytes', MIB],
  ['power.draw', 'gpu_power_watts', 1],
  ...['corrected', 'uncorrected'].flatMap((type) =>
    ['volatile', 'aggregate'].map((lifetime) => [`ecc.errors.${type}.${lifetime}.total`, { type, lifetime }] as const),
  ),
] as const;

const gaudiTable: ColumnTable = {
  format: 'csv',
  missing: MISSING,
  columns: Object.fromEntries(
    gaudiQueries.map(([query, becomes, per = 1], column) => {
      const at = column + 1;
      return typeof becomes === 'string' ? [becomes, { at, per }] : [query, { at, per, metric: 'gpu_ecc_errors_total', labels: becomes }];
    }),
  ),
};

/** Vendors' tools that are known here; what they print is known from their documents and others' readers, not from cards at hand. */
export const presets = {
  kunlunxin: {
    name: 'kunlunxin',
    program: 'xpu-smi',
    args: ['-m'],
    folders: ['/opt/xre/bin', '/usr/local/xpu/bin', '/usr/local/xre/bin'],
    ...PACE,
    read: (output) => readColumns(output, 'kunlunxin', kunlunxinTable),
    otherOf: (output) => (/\bIntel\b/i.test(output) ? 'Intel (XPU Manager), whose cards are read from /sys' : undefined),
    mend: "install Kunlunxin's driver (XRE)",
  },
  ascend: {
    name: 'ascend',
    program: 'npu-smi',
    args: ['info'],
    folders: ['/usr/local/sbin', '/usr/local/Ascend/driver/tools'],
    ...PACE,
    read: readNpuSmi,
    mend: 'install the Ascend driver, and add the user of the agent to the group HwHiAiUser',
  },
  gaudi: {
    name: 'gaudi',
    program: 'hl-smi',
    args: ['-Q', gaudiQueries.map(([query]) => query).join(','), '-f', 'csv,noheader,nounits'],
    folders: ['/opt/habanalabs/bin'],
    ...PACE,
    read: (output) => readColumns(output, 'gaudi', gaudiTable),
    mend: "install Intel Gaudi's driver and tools (habanalabs-firmware-tools)",
  },
} as const satisfies Readonly<Record<string, Tool>>;
