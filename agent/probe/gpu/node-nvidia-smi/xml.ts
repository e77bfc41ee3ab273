import type { DeviceReading, LabelledValue, ProcessReading } from '../../../samplers/gpu/reading.ts';
import { numberOf } from '../command/columns.ts';
import { cellValue, textOf } from '../nvidia-smi/rows.ts';
import { clockEventReasons } from '../clock-event-reasons.ts';
import { recoveryActions } from '../nvidia-smi/fields.ts';
import { elementAt, groupsAt, isGroup, textAt } from './element.ts';
import type { Group } from './element.ts';
import { eccErrors, heat } from './xml-health.ts';

const MIB = 2 ** 20;
const MHZ = 1e6;
const PERCENT = 0.01;

// Elements by metric as DTD v10 to v13 have them, the newest name first; the first that has a value stands.
const numbers: readonly (readonly [metric: string, per: number, ...paths: readonly string[]])[] = [
  ['gpu_utilization_ratio', PERCENT, 'utilization.gpu_util'],
  ['gpu_memory_utilization_ratio', PERCENT, 'utilization.memory_util'],
  ['gpu_encoder_utilization_ratio', PERCENT, 'utilization.encoder_util'],
  ['gpu_decoder_utilization_ratio', PERCENT, 'utilization.decoder_util'],
  ['gpu_memory_total_bytes', MIB, 'fb_memory_usage.total'],
  ['gpu_memory_used_bytes', MIB, 'fb_memory_usage.used'],
  ['gpu_memory_reserved_bytes', MIB, 'fb_memory_usage.reserved'],
  ['gpu_fan_ratio', PERCENT, 'fan_speed'],
  ['gpu_power_watts', 1, ...power('average_power_draw'), ...power('power_draw')],
  ['gpu_power_instant_watts', 1, ...power('instant_power_draw')],
  ['gpu_power_limit_watts', 1, ...power('enforced_power_limit'), ...power('current_power_limit'), ...power('power_limit')],
  ['gpu_power_limit_default_watts', 1, ...power('default_power_limit')],
  ['gpu_power_limit_min_watts', 1, ...power('min_power_limit')],
  ['gpu_power_limit_max_watts', 1, ...power('max_power_limit')],
  ['gpu_graphics_clock_hertz', MHZ, 'clocks.graphics_clock'],
  ['gpu_sm_clock_hertz', MHZ, 'clocks.sm_clock'],
  ['gpu_memory_clock_hertz', MHZ, 'clocks.mem_clock'],
  ['gpu_video_clock_hertz', MHZ, 'clocks.video_clock'],
  ['gpu_graphics_clock_max_hertz', MHZ, 'max_clocks.graphics_clock'],
  ['gpu_sm_clock_max_hertz', MHZ, 'max_clocks.sm_clock'],
  ['gpu_memory_clock_max_hertz', MHZ, 'max_clocks.mem_clock'],
  ['gpu_video_clock_max_hertz', MHZ, 'max_clocks.video_clock'],
  ['gpu_pcie_replays_total', 1, 'pci.replay_counter'],
  ['gpu_pcie_link_generation', 1, 'pci.pci_gpu_link_info.pcie_gen.current_link_gen'],
  ['gpu_pcie_link_generation_max', 1, 'pci.pci_gpu_link_info.pcie_gen.max_link_gen'],
  ['gpu_pcie_link_width', 1, 'pci.pci_gpu_link_info.link_widths.current_link_width'],
  ['gpu_pcie_link_width_max', 1, 'pci.pci_gpu_link_info.link_widths.max_link_width'],
];

const flags: readonly (readonly [metric: string, ...paths: readonly string[]])[] = [
  ['gpu_ecc_enabled', 'ecc_mode.current_ecc'],
  ['gpu_mig_enabled', 'mig_mode.current_mig'],
  ['gpu_persistence_enabled', 'persistence_mode'],
  ['gpu_retired_pages_pending', 'retired_pages.pending_retirement', 'retired_pages.pending_blacklist'],
  ['gpu_remapped_rows_pending', 'remapped_rows.remapped_row_pending'],
  ['gpu_remapped_rows_failed', 'remapped_rows.remapped_row_failure'],
];

const labelledNumbers = [
  ['gpu_retired_pages', { cause: 'single_bit' }, 'retired_pages.multiple_single_bit_retirement.retired_count'],
  ['gpu_retired_pages', { cause: 'double_bit' }, 'retired_pages.double_bit_retirement.retired_count'],
  ['gpu_remapped_rows', { type: 'correctable' }, 'remapped_rows.remapped_row_corr'],
  ['gpu_remapped_rows', { type: 'uncorrectable' }, 'remapped_rows.remapped_row_unc'],
] as const;

function power(name: string): readonly string[] {
  return [`gpu_power_readings.${name}`, `power_readings.${name}`];
}

/** The GPUs in what `nvidia-smi -q -x` prints, as the package answers it; in the order in which nvidia-smi counts them. */
export function readSmiLog(answer: unknown): readonly DeviceReading[] {
  const log = isGroup(answer) ? elementAt(answer, 'nvidia_smi_log') : undefined;
  if (!isGroup(log)) return [];
  const driver = textOf(textAt(log, 'driver_version'));
  return groupsAt(log, 'gpu').flatMap((gpu, at) => readGpu(gpu, String(at), driver));
}

function readGpu(gpu: Group, index: string, driver: string): readonly DeviceReading[] {
  const uuid = textAt(gpu, 'uuid');
  if (!uuid.startsWith('GPU-')) return [];
  const minor = numberOf(textAt(gpu, 'minor_number'));
  const info = {
    name: textOf(textAt(gpu, 'product_name')),
    driver,
    pci_bus_id: textAt(gpu, 'pci.pci_bus_id') || textAt(gpu, '$.id'),
    serial: textOf(textAt(gpu, 'serial')),
  };
  const labelled = [...labelledValues(gpu), ...clockEvents(gpu), ...eccErrors(gpu)];
  const device = { gpu: index, uuid, vendor: 'nvidia', info, values: plainValues(gpu), labelled, processes: processes(gpu) };
  return [minor === undefined ? device : { ...device, minor }];
}

function plainValues(gpu: Group): Record<string, number> {
  const values: Record<string, number> = {};
  const put = (metric: string, value: number | undefined): void => {
    if (value !== undefined) values[metric] ??= value;
  };
  for (const [metric, per, ...paths] of numbers) {
    for (const path of paths) put(metric, scaled(numberOf(textAt(gpu, path)), per));
  }
  for (const [metric, ...paths] of flags) for (const path of paths) put(metric, cellValue(textAt(gpu, path), 'yes or no'));
  for (const [metric, value] of heat(gpu)) put(metric, value);
  const state = /^P(\d+)$/.exec(textAt(gpu, 'performance_state'))?.[1];
  put('gpu_performance_state', state === undefined ? undefined : Number(state));
  put('gpu_recovery_action', cellValue(textAt(gpu, 'gpu_recovery_action'), recoveryActions));
  return values;
}

function scaled(value: number | undefined, per: number): number | undefined {
  if (value === undefined) return undefined;
  return per < 1 ? value / Math.round(1 / per) : value * per;
}

function labelledValues(gpu: Group): readonly LabelledValue[] {
  return labelledNumbers.flatMap(([metric, labels, path]) => {
    const value = numberOf(textAt(gpu, path));
    return value === undefined ? [] : [{ metric, labels, value }];
  });
}

// Renamed from throttle to event reasons with driver 535; and the display's setting has another spelling than elsewhere.
const REASON = /^clocks_(?:event|throttle)_reason_(\w+)$/;
const COUNTER = /^clocks_event_reasons_counters_(\w+)$/;

function clockEvents(gpu: Group): readonly LabelledValue[] {
  const groups = ['clocks_event_reasons', 'clocks_throttle_reasons', 'clocks_event_reasons_counters'];
  const elements = groups.flatMap((name) => groupsAt(gpu, name)).flatMap((group) => Object.entries(group));
  return elements.flatMap(([name, text]): readonly LabelledValue[] => {
    const reason = (REASON.exec(name)?.[1] ?? COUNTER.exec(name)?.[1] ?? '').replace('display_clocks', 'display_clock');
    if (!clockEventReasons.includes(reason) || typeof text !== 'string') return [];
    const counted = COUNTER.test(name);
    const value = counted ? numberOf(text) : cellValue(text, 'yes or no');
    if (value === undefined) return [];
    return [
      counted
        ? { metric: 'gpu_clock_event_seconds_total', labels: { reason }, value: value / 1e6 }
        : { metric: 'gpu_clock_event_active', labels: { reason }, value },
    ];
  });
}

function processes(gpu: Group): readonly ProcessReading[] {
  return groupsAt(gpu, 'processes.process_info').flatMap((process) => {
    const pid = Number(textAt(process, 'pid'));
    const memory = numberOf(textAt(process, 'used_memory'));
    if (!Number.isInteger(pid) || pid <= 0) return [];
    return [memory === undefined ? { pid } : { pid, memory: memory * MIB }];
  });
}
