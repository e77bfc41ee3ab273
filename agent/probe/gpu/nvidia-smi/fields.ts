import { clockEventReasons } from '../clock-event-reasons.ts';

/** How a column of `nvidia-smi --query-gpu` becomes a value; of several names, the first that the tool knows is asked for. */
export interface FieldUse {
  readonly fields: readonly string[];
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** A number in the tool's unit times this is one in ours; `yes or no` and `words` are read as such. */
  readonly per: number | 'yes or no' | readonly string[];
}

const MIB = 2 ** 20;
const MHZ = 1e6;
const PERCENT = 0.01;
const MICROSECOND = 1e-6;

const use = (metric: string, per: FieldUse['per'], ...fields: readonly string[]): FieldUse => ({ metric, per, fields });

/** What the driver may ask for, in nvidia-smi's words and the order of nvmlDeviceGpuRecoveryAction_t. */
export const recoveryActions: readonly string[] = ['None', 'Reset', 'Reboot', 'Drain P2P', 'Drain and Reset'];

// Names as `nvidia-smi --help-query-gpu` of driver 590 has them, older ones behind. Of two uses of one metric the later one that has a
// value stands.
const plain: readonly FieldUse[] = [
  use('gpu_utilization_ratio', PERCENT, 'utilization.gpu'),
  use('gpu_memory_utilization_ratio', PERCENT, 'utilization.memory'),
  use('gpu_encoder_utilization_ratio', PERCENT, 'utilization.encoder'),
  use('gpu_decoder_utilization_ratio', PERCENT, 'utilization.decoder'),
  use('gpu_memory_total_bytes', MIB, 'memory.total'),
  use('gpu_memory_used_bytes', MIB, 'memory.used'),
  use('gpu_memory_reserved_bytes', MIB, 'memory.reserved'),
  use('gpu_temperature_celsius', 1, 'temperature.gpu'),
  use('gpu_memory_temperature_celsius', 1, 'temperature.memory'),
  use('gpu_temperature_margin_celsius', 1, 'temperature.gpu.tlimit'),
  use('gpu_fan_ratio', PERCENT, 'fan.speed'),
  use('gpu_power_watts', 1, 'power.draw'),
  use('gpu_power_watts', 1, 'power.draw.average'),
  use('gpu_power_instant_watts', 1, 'power.draw.instant'),
  use('gpu_power_limit_watts', 1, 'power.limit'),
  use('gpu_power_limit_watts', 1, 'enforced.power.limit'),
  use('gpu_power_limit_default_watts', 1, 'power.default_limit'),
  use('gpu_power_limit_min_watts', 1, 'power.min_limit'),
  use('gpu_power_limit_max_watts', 1, 'power.max_limit'),
  use('gpu_graphics_clock_hertz', MHZ, 'clocks.current.graphics', 'clocks.gr'),
  use('gpu_sm_clock_hertz', MHZ, 'clocks.current.sm', 'clocks.sm'),
  use('gpu_memory_clock_hertz', MHZ, 'clocks.current.memory', 'clocks.mem'),
  use('gpu_video_clock_hertz', MHZ, 'clocks.current.video', 'clocks.video'),
  use('gpu_graphics_clock_max_hertz', MHZ, 'clocks.max.graphics', 'clocks.max.gr'),
  use('gpu_sm_clock_max_hertz', MHZ, 'clocks.max.sm'),
  use('gpu_memory_clock_max_hertz', MHZ, 'clocks.max.memory', 'clocks.max.mem'),
  use('gpu_pcie_link_generation', 1, 'pcie.link.gen.gpucurrent', 'pcie.link.gen.current'),
  use('gpu_pcie_link_generation_max', 1, 'pcie.link.gen.max'),
  use('gpu_pcie_link_width', 1, 'pcie.link.width.current'),
  use('gpu_pcie_link_width_max', 1, 'pcie.link.width.max'),
  use('gpu_ecc_enabled', 'yes or no', 'ecc.mode.current'),
  use('gpu_mig_enabled', 'yes or no', 'mig.mode.current'),
  use('gpu_persistence_enabled', 'yes or no', 'persistence_mode'),
  use('gpu_retired_pages_pending', 'yes or no', 'retired_pages.pending'),
  use('gpu_remapped_rows_pending', 'yes or no', 'remapped_rows.pending'),
  use('gpu_remapped_rows_failed', 'yes or no', 'remapped_rows.failure'),
  use('gpu_performance_state', performanceStates(), 'pstate'),
  use('gpu_recovery_action', recoveryActions, 'gpu_recovery_action'),
];

const eccErrors = ['corrected', 'uncorrected'].flatMap((type) =>
  ['volatile', 'aggregate'].map((lifetime) => ({
    ...use('gpu_ecc_errors_total', 1, `ecc.errors.${type}.${lifetime}.total`),
    labels: { type, lifetime },
  })),
);

const retiredPages: readonly FieldUse[] = [
  { ...use('gpu_retired_pages', 1, 'retired_pages.single_bit_ecc.count', 'retired_pages.sbe'), labels: { cause: 'single_bit' } },
  { ...use('gpu_retired_pages', 1, 'retired_pages.double_bit.count', 'retired_pages.dbe'), labels: { cause: 'double_bit' } },
];

const remappedRows = ['correctable', 'uncorrectable'].map((type) => ({
  ...use('gpu_remapped_rows', 1, `remapped_rows.${type}`),
  labels: { type },
}));

// Renamed with driver 535: newer ones know both names, older ones only the second.
const clockEvents = clockEventReasons.flatMap((reason): readonly FieldUse[] => [
  {
    ...use('gpu_clock_event_active', 'yes or no', `clocks_event_reasons.${reason}`, `clocks_throttle_reasons.${reason}`),
    labels: { reason },
  },
  { ...use('gpu_clock_event_seconds_total', MICROSECOND, `clocks_event_reasons_counters.${reason}`), labels: { reason } },
]);

/** Every column that becomes a value. */
export const fieldUses: readonly FieldUse[] = [...plain, ...eccErrors, ...retiredPages, ...remappedRows, ...clockEvents];

/** Columns that say which GPU a row is of, each with the names it has had. */
export const identityFields = {
  timestamp: ['timestamp'],
  gpu: ['index'],
  uuid: ['uuid', 'gpu_uuid'],
  pci_bus_id: ['pci.bus_id', 'gpu_bus_id'],
  driver: ['driver_version'],
  serial: ['serial', 'gpu_serial'],
  // The last one: a name could have a comma in it.
  name: ['name', 'gpu_name'],
} as const;

// Known to every driver since R470 (nvidia-smi's manual): asked for where the tool does not tell what it knows.
const PORTABLE =
  'timestamp index uuid pci.bus_id name driver_version pstate utilization.gpu utilization.memory memory.total memory.used ' +
  'temperature.gpu power.draw enforced.power.limit clocks.sm clocks.mem';

/** The fields that every nvidia-smi of a driver in use knows. */
export const portableFields: ReadonlySet<string> = new Set(PORTABLE.split(' '));

/** The fields that `nvidia-smi --help-query-gpu` lists: every name in quotes at the head of a line. */
export function offeredFields(help: string): ReadonlySet<string> {
  const heads = help.split('\n').filter((line) => line.trimStart().startsWith('"'));
  return new Set(heads.flatMap((line) => [...line.matchAll(/"([\w.]+)"/g)].map(([, name = '']) => name)));
}

function performanceStates(): readonly string[] {
  return Array.from({ length: 16 }, (_, state) => `P${state}`);
}
