import type { Layout } from '../layout.ts';

/** OAR 2 (job_resource_manager_cgroups.pl: `oar/USER_JOB`) and OAR 3 (job_resource_manager_systemd.pl: a slice a job). */
export const oar: Layout = {
  scheduler: 'oar',
  title: 'OAR',
  trails: [
    ['oar.slice', /^oar-u\d{1,10}\.slice$/, /^oar-u(?<uid>\d{1,10})-j(?<id>\d{1,18})\.slice$/],
    ['oar', /^(?<user>.{1,64})_(?<id>\d{1,18})$/],
  ],
  name: ({ id = '', user, uid }) => ({ id, ...(user === undefined ? {} : { user }), ...(uid === undefined ? {} : { uid }) }),
  signs: ['/etc/oar', '/var/lib/oar'],
  fix: 'set JOB_RESOURCE_MANAGER_FILE to a job_resource_manager that makes cgroups in oar.conf',
};
