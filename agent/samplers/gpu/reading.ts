/**
 * One reading of the GPUs that a source sees, as its child process writes it on a line of JSON. Only what was read this time is in
 * it: a value the card does not have, or that is not due, is absent. Numbers are in the metric's own unit.
 */
export interface GpuReading {
  /** What read it: `nvml`, `nvidia-smi`, `amdgpu`, … */
  readonly source: string;
  /** Milliseconds since the epoch, when the reading ended. */
  readonly at: number;
  /** Milliseconds between two readings, where that is more than the agent's period. */
  readonly every?: number;
  readonly devices: readonly DeviceReading[];
  /** Why a better source of the same cards is not used, and what the source cannot read and why; for people. */
  readonly note?: string;
}

/** A GPU or a MIG instance in a reading. */
export interface DeviceReading {
  /** Index as the vendor's tool shows it: `0`; of a MIG instance `0:1`. */
  readonly gpu: string;
  /** Stays the same over reboots and renumbering; empty of a GPU that was lost before it could be asked. */
  readonly uuid: string;
  /** `nvidia`, `amd`, `intel`, `kunlunxin`, `ascend`, `gaudi`, or what the configuration says of a tool of one's own. */
  readonly vendor: string;
  /** UUID of the GPU that a MIG instance is part of. */
  readonly parent?: string;
  /** Number of the device file, where known. */
  readonly minor?: number;
  /** Labels of `gpu_info`; an empty text is an unknown one. */
  readonly info: GpuInfo;
  /** Values of metrics without a label of their own, by the metric's full name. */
  readonly values: Readonly<Record<string, number>>;
  /** Values of metrics with labels of their own, beside `gpu` and `uuid`. */
  readonly labelled?: readonly LabelledValue[];
  /** Processes with a context; absent where they were not asked for this time. */
  readonly processes?: readonly ProcessReading[];
}

/** What there is to know of a GPU once. */
export interface GpuInfo {
  readonly name: string;
  readonly driver: string;
  readonly pci_bus_id: string;
  readonly serial: string;
}

/** A value of a metric with labels of its own: `gpu_clock_event_active` by `reason`. */
export interface LabelledValue {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a process has and does on a GPU; absent where the driver does not tell. */
export interface ProcessReading {
  readonly pid: number;
  readonly memory?: number;
  /** Shares of the time between two samples, 0 to 1. */
  readonly sm?: number;
  readonly memoryUtilization?: number;
  readonly encoder?: number;
  readonly decoder?: number;
}
