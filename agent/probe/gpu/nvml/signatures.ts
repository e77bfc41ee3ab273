const device = ['void *'] as const;
/** A device and one thing to write to. */
const get = ['void *', 'void *'] as const;
const getTwo = ['void *', 'void *', 'void *'] as const;
const text = ['void *', 'void *', 'uint32'] as const;
const byType = ['void *', 'int', 'void *'] as const;
const processes = ['void *', 'void *', 'void *'] as const;

/** The functions of NVML that are used, with what they take, as nvml.h declares them; all answer a return code. */
export const signatures = {
  nvmlInit_v2: [],
  nvmlShutdown: [],
  nvmlSystemGetDriverVersion: ['void *', 'uint32'],
  nvmlDeviceGetCount_v2: ['void *'],
  nvmlDeviceGetHandleByIndex_v2: ['uint32', 'void *'],

  nvmlDeviceGetName: text,
  nvmlDeviceGetUUID: text,
  nvmlDeviceGetSerial: text,
  nvmlDeviceGetMinorNumber: get,
  nvmlDeviceGetPciInfo_v3: get,
  nvmlDeviceGetCudaComputeCapability: getTwo,
  nvmlDeviceGetPersistenceMode: get,

  nvmlDeviceGetUtilizationRates: get,
  nvmlDeviceGetEncoderUtilization: getTwo,
  nvmlDeviceGetDecoderUtilization: getTwo,
  nvmlDeviceGetMemoryInfo: get,
  nvmlDeviceGetMemoryInfo_v2: get,
  nvmlDeviceGetPerformanceState: get,
  nvmlDeviceGetClockInfo: byType,
  nvmlDeviceGetMaxClockInfo: byType,
  nvmlDeviceGetCurrentClocksEventReasons: get,
  nvmlDeviceGetCurrentClocksThrottleReasons: get,
  nvmlDeviceGetSupportedClocksEventReasons: get,
  nvmlDeviceGetSupportedClocksThrottleReasons: get,

  nvmlDeviceGetTemperature: byType,
  nvmlDeviceGetTemperatureV: get,
  nvmlDeviceGetTemperatureThreshold: byType,
  nvmlDeviceGetMarginTemperature: get,
  nvmlDeviceGetNumFans: get,
  nvmlDeviceGetFanSpeed: get,
  nvmlDeviceGetFanSpeed_v2: ['void *', 'uint32', 'void *'],

  nvmlDeviceGetPowerUsage: get,
  nvmlDeviceGetEnforcedPowerLimit: get,
  nvmlDeviceGetPowerManagementDefaultLimit: get,
  nvmlDeviceGetPowerManagementLimitConstraints: getTwo,
  nvmlDeviceGetTotalEnergyConsumption: get,
  nvmlDeviceGetFieldValues: ['void *', 'int', 'void *'],

  nvmlDeviceGetEccMode: getTwo,
  nvmlDeviceGetTotalEccErrors: ['void *', 'int', 'int', 'void *'],
  nvmlDeviceGetPcieReplayCounter: get,
  nvmlDeviceGetCurrPcieLinkGeneration: get,
  nvmlDeviceGetCurrPcieLinkWidth: get,
  nvmlDeviceGetMaxPcieLinkGeneration: get,
  nvmlDeviceGetMaxPcieLinkWidth: get,
  nvmlDeviceGetNvLinkState: ['void *', 'uint32', 'void *'],

  nvmlDeviceGetComputeRunningProcesses: processes,
  nvmlDeviceGetComputeRunningProcesses_v2: processes,
  nvmlDeviceGetComputeRunningProcesses_v3: processes,
  nvmlDeviceGetGraphicsRunningProcesses: processes,
  nvmlDeviceGetGraphicsRunningProcesses_v2: processes,
  nvmlDeviceGetGraphicsRunningProcesses_v3: processes,
  nvmlDeviceGetMPSComputeRunningProcesses: processes,
  nvmlDeviceGetMPSComputeRunningProcesses_v2: processes,
  nvmlDeviceGetMPSComputeRunningProcesses_v3: processes,
  nvmlDeviceGetProcessUtilization: ['void *', 'void *', 'void *', 'uint64'],

  nvmlDeviceGetMigMode: getTwo,
  nvmlDeviceGetMaxMigDeviceCount: get,
  nvmlDeviceGetMigDeviceHandleByIndex: ['void *', 'uint32', 'void *'],
  nvmlDeviceGetGpuInstanceId: get,

  nvmlEventSetCreate: ['void *'],
  nvmlEventSetFree: device,
  nvmlDeviceGetSupportedEventTypes: get,
  nvmlDeviceRegisterEvents: ['void *', 'uint64', 'void *'],
  nvmlEventSetWait_v2: ['void *', 'void *', 'uint32'],

  nvmlGpmQueryDeviceSupport: get,
  nvmlGpmSampleAlloc: ['void *'],
  nvmlGpmSampleFree: device,
  nvmlGpmSampleGet: get,
  nvmlGpmMigSampleGet: ['void *', 'uint32', 'void *'],
  nvmlGpmMetricsGet: device,
} as const;

/** The name of a function of NVML that is used. */
export type NvmlFunction = keyof typeof signatures;
