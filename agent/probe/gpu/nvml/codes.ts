/** Return codes of NVML that matter here (nvmlReturn_t of nvml.h). */
export const code = {
  success: 0,
  uninitialized: 1,
  invalidArgument: 2,
  notSupported: 3,
  noPermission: 4,
  notFound: 6,
  insufficientSize: 7,
  driverNotLoaded: 9,
  timeout: 10,
  functionNotFound: 13,
  gpuIsLost: 15,
  resetRequired: 16,
  libRmVersionMismatch: 18,
  argumentVersionMismatch: 25,
  deprecated: 26,
} as const;

const FOR_GOOD: ReadonlySet<number> = new Set([
  code.invalidArgument,
  code.notSupported,
  code.noPermission,
  code.functionNotFound,
  code.argumentVersionMismatch,
  code.deprecated,
]);

/** Whether a device that answers so will never answer otherwise: it or its driver does not have what was asked, or does not give it to us. */
export function isForGood(answer: number): boolean {
  return FOR_GOOD.has(answer);
}

/** Whether the driver has lost the GPU, or wants it reset before it works again. */
export function isLost(answer: number): boolean {
  return answer === code.gpuIsLost || answer === code.resetRequired;
}

/** Whether nothing can be read any more before the library is loaded anew: the driver was replaced or unloaded under it. */
export function isOver(answer: number): boolean {
  return answer === code.libRmVersionMismatch || answer === code.uninitialized || answer === code.driverNotLoaded;
}

/** The loaded library is of no use any more; only a new process loads the one that fits the driver. */
export class DriverReplaced extends Error {
  override readonly name = 'DriverReplaced';
}
