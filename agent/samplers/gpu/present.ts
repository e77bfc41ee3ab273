import type { Host } from '../../host.ts';

/** What a cheap look found that there may be something to read of. */
export interface Traces {
  /** NVIDIA's driver is loaded: its version, or empty where only its devices show. */
  readonly nvidia: string | undefined;
  /** Cards of AMD and Intel, by the names of their folders in /sys/class/drm. */
  readonly amd: readonly string[];
  readonly intel: readonly string[];
}

const DRM = '/sys/class/drm';
// PCI vendors: pci.ids 1002 Advanced Micro Devices, 8086 Intel.
const AMD = '0x1002';
const INTEL = '0x8086';

/** Looks for drivers and cards without opening a device, so that a node without any starts no child process. */
export function findTraces(host: Host): Traces {
  const cards = host.list(DRM).filter((name) => /^card\d+$/.test(name));
  const of = (vendor: string): readonly string[] => cards.filter((card) => host.text(`${DRM}/${card}/device/vendor`) === vendor);
  return { nvidia: nvidiaDriver(host), amd: of(AMD), intel: of(INTEL) };
}

// The driver's own text: `NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.54.03  Tue Jun …`; in a container there may be only devices.
function nvidiaDriver(host: Host): string | undefined {
  const said = host.text('/proc/driver/nvidia/version');
  if (said !== undefined) return /\s(\d+\.[\d.]+)\s/.exec(said)?.[1] ?? '';
  return host.list('/dev').some((name) => /^nvidia(ctl|\d+)$/.test(name)) ? '' : undefined;
}
