import type { Layout } from '../layout.ts';

// A job's number; arrays and heterogeneous jobs have one each, but other forms that squeue shows (123_4, 123+1) are taken as well.
const JOB = /^job_(?<id>\d[\w.+-]{0,63})$/;
// From Slurm 26.05 on the directory has the job's SLUID for a name.
const JOB_OR_SLUID = /^(?:job_(?<id>\d[\w.+-]{0,63})|(?<sluid>s[0-9A-Z]{13}))$/;

/** Slurm: slurm.schedmd.com/cgroup_v2.html and cgroups.html. */
export const slurm: Layout = {
  scheduler: 'slurm',
  title: 'Slurm',
  trails: [
    ['system.slice', /^(?:.+_)?slurmstepd\.scope$/, JOB_OR_SLUID],
    [/^slurm(?:_.+)?$/, /^uid_(?<uid>\d{1,10})$/, JOB_OR_SLUID],
    // Slurm's own hierarchy of freezers has no directory of the user in some versions.
    [/^slurm(?:_.+)?$/, JOB],
  ],
  name: ({ id, sluid, uid }) => ({
    id: id ?? sluid ?? '',
    ...(sluid === undefined ? {} : { idVariable: 'SLURM_JOB_ID' }),
    ...(uid === undefined ? {} : { uid }),
  }),
  signs: ['/etc/slurm', '/etc/slurm-llnl', '/var/spool/slurmd', '/var/spool/slurm', '/run/slurm'],
  fix: 'set ProctrackType=proctrack/cgroup and TaskPlugin=task/cgroup in slurm.conf',
};
