import { defineMetrics } from '../../contract/metric.ts';

/** What every series of a GPU, or of a MIG instance, carries. */
const gpu = ['gpu', 'uuid', 'vendor'] as const;
const gauge = (unit: 'bytes' | 'celsius' | 'count' | 'hertz' | 'ratio' | 'watts' | 'seconds', help: string) =>
  ({ kind: 'gauge', unit, help, labels: gpu }) as const;
const counter = (unit: 'bytes' | 'count' | 'joules' | 'seconds', help: string) => ({ kind: 'counter', unit, help, labels: gpu }) as const;

/** Load, memory, heat, watts, clocks and health of GPUs: the same names whoever made the card. */
export const metrics = defineMetrics('gpu', {
  gpu_info: {
    kind: 'gauge',
    unit: 'info',
    help: 'What the GPU is: its name, driver and place on the bus; always 1.',
    labels: [...gpu, 'name', 'driver', 'pci_bus_id', 'serial'],
  },
  gpu_source_info: { kind: 'gauge', unit: 'info', help: 'What the GPUs are read with; always 1.', labels: ['source'] },

  gpu_utilization_ratio: gauge('ratio', 'Share of the last sample period (up to 1 s) in which at least one kernel ran.'),
  gpu_memory_utilization_ratio: gauge('ratio', 'Share of the last sample period in which device memory was read or written.'),
  gpu_encoder_utilization_ratio: gauge('ratio', 'Share of time that the video encoders were busy.'),
  gpu_decoder_utilization_ratio: gauge('ratio', 'Share of time that the video decoders were busy.'),
  gpu_memory_total_bytes: gauge('bytes', 'Device memory.'),
  gpu_memory_used_bytes: gauge('bytes', 'Device memory in use, without what the driver reserves where it tells them apart.'),
  gpu_memory_reserved_bytes: gauge('bytes', 'Device memory that the driver keeps for itself.'),

  gpu_temperature_celsius: gauge('celsius', 'Temperature of the GPU.'),
  gpu_hotspot_temperature_celsius: gauge('celsius', "Temperature of the GPU's hottest spot, where it tells it beside its own."),
  gpu_memory_temperature_celsius: gauge('celsius', 'Temperature of the device memory.'),
  gpu_temperature_slowdown_celsius: gauge('celsius', 'Temperature at which the GPU slows itself down.'),
  gpu_temperature_shutdown_celsius: gauge('celsius', 'Temperature at which the GPU switches itself off.'),
  gpu_temperature_max_operating_celsius: gauge('celsius', 'Highest temperature at which the GPU may work at full speed.'),
  gpu_memory_temperature_max_operating_celsius: gauge('celsius', 'Highest temperature at which the device memory may work.'),
  gpu_temperature_margin_celsius: gauge('celsius', "Degrees left to the card's own limit (T.Limit); negative beyond it."),
  gpu_temperature_margin_slowdown_celsius: gauge('celsius', 'Margin below which the GPU slows itself down.'),
  gpu_fan_ratio: gauge('ratio', 'Speed of the fastest fan, as a share of its full speed.'),

  gpu_power_watts: gauge('watts', 'Power drawn by the card, averaged over a second where it averages.'),
  gpu_power_instant_watts: gauge('watts', 'Power drawn by the card at this instant.'),
  gpu_power_limit_watts: gauge('watts', 'Power limit in force.'),
  gpu_power_limit_default_watts: gauge('watts', 'Power limit that the card has by default.'),
  gpu_power_limit_min_watts: gauge('watts', 'Lowest power limit that can be set.'),
  gpu_power_limit_max_watts: gauge('watts', 'Highest power limit that can be set.'),
  gpu_energy_joules_total: counter('joules', 'Energy drawn by the card since its driver was loaded.'),

  gpu_graphics_clock_hertz: gauge('hertz', 'Clock of the graphics engine.'),
  gpu_sm_clock_hertz: gauge('hertz', 'Clock of the processors.'),
  gpu_memory_clock_hertz: gauge('hertz', 'Clock of the device memory.'),
  gpu_video_clock_hertz: gauge('hertz', 'Clock of the video engines.'),
  gpu_graphics_clock_max_hertz: gauge('hertz', 'Highest clock of the graphics engine.'),
  gpu_sm_clock_max_hertz: gauge('hertz', 'Highest clock of the processors.'),
  gpu_memory_clock_max_hertz: gauge('hertz', 'Highest clock of the device memory.'),
  gpu_video_clock_max_hertz: gauge('hertz', 'Highest clock of the video engines.'),
  gpu_performance_state: gauge('count', 'Performance state, 0 the fastest (P0) to 15.'),
  gpu_clock_event_active: {
    kind: 'gauge',
    unit: 'count',
    help: 'Whether this reason holds the clocks below what was asked for (1) or not (0).',
    labels: [...gpu, 'reason'],
  },
  gpu_clock_event_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Time that this reason held the clocks down.',
    labels: [...gpu, 'reason'],
  },

  gpu_ecc_errors_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Memory errors found: corrected or uncorrected, since the driver was loaded (volatile) or ever (aggregate).',
    labels: [...gpu, 'type', 'lifetime'],
  },
  gpu_ecc_enabled: gauge('count', 'Whether error correction is on.'),
  gpu_retired_pages: { kind: 'gauge', unit: 'count', help: 'Memory pages taken out of use.', labels: [...gpu, 'cause'] },
  gpu_retired_pages_pending: gauge('count', 'Whether pages wait for a restart to be taken out of use.'),
  gpu_remapped_rows: { kind: 'gauge', unit: 'count', help: 'Memory rows replaced by spare ones.', labels: [...gpu, 'type'] },
  gpu_remapped_rows_pending: gauge('count', 'Whether rows wait for a reset to be replaced.'),
  gpu_remapped_rows_failed: gauge('count', 'Whether replacing a row has failed: the card is to be exchanged.'),
  gpu_recovery_action: gauge(
    'count',
    'What the driver asks for: 0 none, 1 reset, 2 reboot, 3 drain P2P, 4 drain and reset, 5 recover IMEX.',
  ),
  gpu_lost: gauge('count', 'Whether the driver has lost the GPU (1): it is on the bus no more, or wants a reset.'),
  gpu_xid_errors_total: {
    kind: 'counter',
    unit: 'count',
    help: 'XID errors that the driver reported since the agent began to watch; those of broken hardware are counted from 0.',
    labels: [...gpu, 'xid'],
  },

  gpu_pcie_replays_total: counter('count', 'Packets sent again on the PCIe link.'),
  gpu_pcie_transmit_bytes_total: counter('bytes', 'Bytes sent over PCIe.'),
  gpu_pcie_receive_bytes_total: counter('bytes', 'Bytes received over PCIe.'),
  gpu_pcie_link_generation: gauge('count', 'PCIe generation of the link at present; idle cards lower it.'),
  gpu_pcie_link_generation_max: gauge('count', 'Highest PCIe generation that card and slot have.'),
  gpu_pcie_link_width: gauge('count', 'Lanes of the PCIe link at present.'),
  gpu_pcie_link_width_max: gauge('count', 'Most lanes that card and slot have.'),
  gpu_nvlink_transmit_bytes_total: counter('bytes', 'Bytes sent over all NVLinks.'),
  gpu_nvlink_receive_bytes_total: counter('bytes', 'Bytes received over all NVLinks.'),
  gpu_nvlink_links_active: gauge('count', 'NVLinks that are up.'),
  gpu_nvlink_errors_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Errors on all NVLinks: replay, recovery, crc_flit, crc_data.',
    labels: [...gpu, 'error'],
  },

  gpu_graphics_engine_active_ratio: gauge('ratio', 'Share of time that any engine for graphics or compute was active.'),
  gpu_sm_active_ratio: gauge('ratio', 'Share of processor time with at least one warp resident: what the card really works.'),
  gpu_sm_occupancy_ratio: gauge('ratio', 'Resident warps as a share of the most there can be.'),
  gpu_tensor_active_ratio: gauge('ratio', 'Share of time that tensor cores were active.'),
  gpu_dram_active_ratio: gauge('ratio', 'Share of device memory bandwidth in use.'),
  gpu_fp64_active_ratio: gauge('ratio', 'Share of time that FP64 units were active.'),
  gpu_fp32_active_ratio: gauge('ratio', 'Share of time that FP32 units were active.'),
  gpu_fp16_active_ratio: gauge('ratio', 'Share of time that FP16 units were active.'),
  gpu_integer_active_ratio: gauge('ratio', 'Share of time that integer units were active.'),

  gpu_persistence_enabled: gauge('count', 'Whether the driver keeps the GPU initialised without clients.'),
  gpu_mig_enabled: gauge('count', 'Whether the GPU is split into instances (MIG).'),
  gpu_processes: gauge('count', 'Processes that have a context on the GPU.'),
  gpu_process_memory_bytes: { kind: 'gauge', unit: 'bytes', help: 'Device memory of a process.', labels: [...gpu, 'pid'] },
  gpu_process_sm_utilization_ratio: {
    kind: 'gauge',
    unit: 'ratio',
    help: 'Share of processor time that a process had.',
    labels: [...gpu, 'pid'],
  },
  gpu_process_memory_utilization_ratio: {
    kind: 'gauge',
    unit: 'ratio',
    help: 'Share of time that a process read or wrote device memory.',
    labels: [...gpu, 'pid'],
  },
  gpu_process_encoder_utilization_ratio: {
    kind: 'gauge',
    unit: 'ratio',
    help: 'Share of encoder time that a process had.',
    labels: [...gpu, 'pid'],
  },
  gpu_process_decoder_utilization_ratio: {
    kind: 'gauge',
    unit: 'ratio',
    help: 'Share of decoder time that a process had.',
    labels: [...gpu, 'pid'],
  },
});
