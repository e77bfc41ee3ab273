import type { Host } from '../../../host.ts';
import type { GivenGpu, GivenSource } from './given-gpu.ts';

// Major number of NVIDIA's character devices (Documentation/admin-guide/devices.txt); 254 and 255 are nvidia-modeset and nvidiactl.
const NVIDIA = /^c 195:(\d+) /;
const LAST_GPU = 253;

/**
 * What a device cgroup of version 1 allows, as PBS and container runtimes set it. Slurm and OAR deny single devices instead, and of
 * those the kernel lists none (`a *:* rwm`): then this source cannot tell.
 */
export function openDeviceCgroup(host: Host): GivenSource {
  return {
    of(job) {
      const cgroup = job.cgroups.find(({ controller }) => controller === 'devices');
      const list = cgroup === undefined ? undefined : host.text(`${cgroup.path}/devices.list`);
      if (list === undefined) return undefined;
      const given: GivenGpu[] = [];
      for (const line of list.split('\n')) {
        if (line.startsWith('a ') || line.startsWith('c *:*') || line.startsWith('c 195:*')) return undefined;
        const [, minor] = NVIDIA.exec(line) ?? [];
        if (minor !== undefined && Number(minor) <= LAST_GPU) given.push({ by: 'minor', name: minor });
      }
      // Cards of other makers have other numbers, so that no line of NVIDIA's is no proof.
      return given.length === 0 ? undefined : given;
    },
  };
}
