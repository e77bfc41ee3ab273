import type { Layout } from '../layout.ts';

const PARENT = /^pbs(?:_jobs)?(?:\.service|\.slice)?$/;
// `1234.server`, of an array `1234[5].server`.
const JOB = /^(?<id>\d[\w.[\]-]{0,127})$/;

/** PBS Professional and OpenPBS, whose cgroup hook makes a directory a job. */
export const pbs: Layout = {
  scheduler: 'pbs',
  title: 'PBS',
  trails: [
    [PARENT, 'jobid', JOB],
    [PARENT, 'jobs', JOB],
    ['system.slice', PARENT, 'jobid', JOB],
    ['system.slice', PARENT, 'jobs', JOB],
  ],
  name: ({ id = '' }) => ({ id }),
  signs: ['/etc/pbs.conf', '/var/spool/pbs', '/opt/pbs'],
  fix: 'enable the hook pbs_cgroups: qmgr -c "set hook pbs_cgroups enabled = true"',
};
