/** The driver branch that first ships each symbol; what is not listed is in every driver since 390. From the history of nvml.h, tag by tag. */
export const nvmlSince: Readonly<Record<string, number>> = {
  nvmlDeviceGetFanSpeed_v2: 418,
  nvmlDeviceGetMigMode: 450,
  nvmlDeviceGetMaxMigDeviceCount: 450,
  nvmlDeviceGetMigDeviceHandleByIndex: 450,
  nvmlDeviceGetArchitecture: 450,
  nvmlEventSetWait_v2: 450,
  nvmlDeviceGetComputeRunningProcesses_v2: 450,
  nvmlDeviceGetGraphicsRunningProcesses_v2: 450,
  nvmlDeviceGetMPSComputeRunningProcesses_v2: 450,
  nvmlDeviceGetMemoryInfo_v2: 510,
  nvmlDeviceGetComputeRunningProcesses_v3: 510,
  nvmlDeviceGetGraphicsRunningProcesses_v3: 510,
  nvmlDeviceGetMPSComputeRunningProcesses_v3: 510,
  nvmlGpmQueryDeviceSupport: 520,
  nvmlGpmSampleAlloc: 520,
  nvmlGpmSampleFree: 520,
  nvmlGpmSampleGet: 520,
  nvmlGpmMetricsGet: 520,
  nvmlGpmMigSampleGet: 525,
  nvmlDeviceGetCurrentClocksEventReasons: 535,
  nvmlDeviceGetSupportedClocksEventReasons: 535,
  nvmlDeviceGetTemperatureV: 565,
  nvmlDeviceGetMarginTemperature: 570,
};

/** The symbols that the library of a driver of this branch does not have. */
export function missingBefore(branch: number): readonly string[] {
  return Object.keys(nvmlSince).filter((symbol) => (nvmlSince[symbol] ?? 0) > branch);
}
