import type { Finding } from '../../../finding.ts';
import type { Host } from '../../../host.ts';
import { GPUSTAT, openGpustat } from './gpustat.ts';
import { openOarFiles } from './oar-files.ts';

/** What tells the agent which GPUs jobs are given; nothing on a node without any. */
export function examineJobGpus(host: Host): readonly Finding[] {
  const hasGpu = [...host.list('/dev'), ...host.list('/dev/dri')].some((name) => /^(nvidia|renderD)\d+$/.test(name));
  if (!hasGpu) return [];
  const source = 'GPUs that jobs are given';
  if (openOarFiles(host).present) return [{ source, found: true, why: "OAR's lists of resources, by gpudevice" }];
  if (openGpustat(host).present) return [{ source, found: true, why: `what a prolog notes in ${host.path(GPUSTAT)}` }];
  const fix = 'slurm.conf: Prolog=/etc/slurm/prolog-gpus Epilog=/etc/slurm/epilog-gpus, which come with Vigie (deploy/slurm)';
  // The first process is root's, as those of jobs are other users'.
  return host.text('/proc/1/environ') === undefined
    ? [
        {
          source,
          found: false,
          why: `no prolog notes them in ${host.path(GPUSTAT)}, and the environment of processes may not be read`,
          fix,
        },
      ]
    : [{ source, found: true, why: 'the environment of their processes, which a job has none of before it starts something', fix }];
}
