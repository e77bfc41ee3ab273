import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { startOwnNode } from './own-node.ts';
import type { OwnNode } from './own-node.ts';

/** Slurm with one node, which is its controller, too; the user `alice` has jobs on it. */
export interface Slurm {
  readonly node: OwnNode;
  /** Submits a script of alice's with these options of sbatch; answers the job's id. */
  submit(options: readonly string[], script: string): Promise<string>;
  /** The job's state as Slurm writes it: `RUNNING`, `COMPLETED`, …; it forgets a job after five minutes. */
  state(id: string): Promise<string>;
  stop(): Promise<void>;
}

/** What of a cluster's configuration tests vary. */
export interface SlurmOptions {
  /** GPUs of the node: device files `/dev/nvidiaN` that nothing answers behind. */
  readonly gpus?: number;
  /** More lines of slurm.conf. */
  readonly lines?: readonly string[];
}

/** Starts munged, slurmctld and slurmd on a node of its own, whose jobs have cgroups, and waits until the node takes jobs. */
export async function startSlurm({ gpus = 0, lines = [] }: SlurmOptions = {}): Promise<Slurm> {
  const name = `slurm${process.pid}`;
  const node = await startOwnNode(name, `slurm_${name}`);
  try {
    const write = (path: string, rows: readonly string[]): void => writeFileSync(node.path(path), `${rows.join('\n')}\n`);
    write('/etc/slurm/slurm.conf', [...slurmConf(name, gpus), ...lines]);
    write('/etc/slurm/cgroup.conf', [
      'CgroupPlugin=cgroup/v1',
      'CgroupMountpoint=/sys/fs/cgroup',
      'ConstrainCores=yes',
      'ConstrainRAMSpace=yes',
      'ConstrainDevices=yes',
    ]);
    write(
      '/etc/slurm/gres.conf',
      Array.from({ length: gpus }, (_, at) => `Name=gpu File=/dev/nvidia${at}`),
    );
    // 195 is the major number of NVIDIA's devices, which device cgroups speak of.
    await node.run(`
      for ((n = 0; n < ${gpus}; n++)); do mknod -m 666 /dev/nvidia$n c 195 $n; done
      useradd --create-home alice
      mkdir -p /run/munge /var/lib/slurm/state /var/lib/slurm/spool
      head -c 1024 /dev/urandom >/etc/munge/munge.key
      chown munge /run/munge /etc/munge/munge.key
      chmod 400 /etc/munge/munge.key
      setpriv --reuid munge --regid munge --clear-groups munged
      slurmctld
      slurmd
      for ((i = 0; i < 100; i++)); do
        [ "$(sinfo -h -o %T)" != idle ] || exit 0
        sleep 0.1
      done
      sinfo
      cat /run/slurmctld.log /run/slurmd.log
      exit 1`);
  } catch (error) {
    await node.stop();
    throw error;
  }
  return {
    node,
    async submit(options, script) {
      writeFileSync(node.path('/home/alice/job.sh'), `#!/bin/bash\n${script}\n`);
      const out = await node.run(
        `cd /home/alice; setpriv --reuid alice --regid alice --init-groups sbatch --parsable ${options.join(' ')} job.sh`,
      );
      return out.trim();
    },
    state: async (id) => /JobState=(\w+)/.exec(await node.run(`scontrol show job ${id}`))?.[1] ?? '',
    stop: () => node.stop(),
  };
}

function slurmConf(name: string, gpus: number): readonly string[] {
  return [
    'ClusterName=vigie',
    `SlurmctldHost=${name}`,
    'SlurmUser=root',
    'StateSaveLocation=/var/lib/slurm/state',
    'SlurmdSpoolDir=/var/lib/slurm/spool',
    'SlurmctldPidFile=/run/slurmctld.pid',
    'SlurmdPidFile=/run/slurmd.pid',
    'SlurmctldLogFile=/run/slurmctld.log',
    'SlurmdLogFile=/run/slurmd.log',
    'ProctrackType=proctrack/cgroup',
    'TaskPlugin=task/cgroup',
    'SelectType=select/cons_tres',
    'SelectTypeParameters=CR_Core_Memory',
    'JobAcctGatherType=jobacct_gather/cgroup',
    'JobAcctGatherFrequency=task=1',
    'ReturnToService=2',
    'MailProg=/bin/true',
    ...(gpus > 0 ? ['GresTypes=gpu'] : []),
    `NodeName=${name} NodeAddr=127.0.0.1 CPUs=${cpus().length} RealMemory=1500 ${gpus > 0 ? `Gres=gpu:${gpus} ` : ''}State=UNKNOWN`,
    'PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE OverSubscribe=YES State=UP',
  ];
}
