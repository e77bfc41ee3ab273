import type { Host } from '../../../host.ts';
import type { ProcessReading } from '../../../samplers/gpu/reading.ts';

const KFD = '/sys/class/kfd/kfd';

/** The number by which the compute driver (KFD) knows the card with this render node; undefined where it does not. */
export function kfdId(host: Host, minor: number | undefined): string | undefined {
  if (minor === undefined) return undefined;
  const nodes = host.list(`${KFD}/topology/nodes`).map((node) => `${KFD}/topology/nodes/${node}`);
  const own = nodes.find((node) => new RegExp(`^drm_render_minor ${minor}$`, 'm').test(host.text(`${node}/properties`) ?? ''));
  return own === undefined ? undefined : host.text(`${own}/gpu_id`);
}

/**
 * The processes that have memory on a card, by KFD's number of it. Every ROCm process opens every card, so one without memory there
 * does not use it.
 */
export function kfdProcesses(host: Host, id: string): readonly ProcessReading[] {
  return host.list(`${KFD}/proc`).flatMap((name) => {
    const pid = Number(name);
    const memory = Number(host.text(`${KFD}/proc/${name}/vram_${id}`) ?? Number.NaN);
    return Number.isInteger(pid) && memory > 0 ? [{ pid, memory }] : [];
  });
}
