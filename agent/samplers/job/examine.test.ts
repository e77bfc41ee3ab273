import { expect, test } from 'vitest';
import { madeJobFiles, V1_MOUNTS } from '../../../test/machines/made-jobs.ts';
import type { Files } from '../../../test/machines/made-jobs.ts';
import { madeMachine } from '../../../test/machines/made-machine.ts';
import { readConfig } from '../../contract/config.ts';
import { openHost } from '../../host.ts';
import { findHierarchies } from './hierarchies.ts';
import job from './index.ts';

test('doctor tells schedulers with jobs from those that are installed without, and what mends it', async () => {
  const { root } = madeMachine({
    ...V1_MOUNTS,
    ...madeJobFiles('/slurm/uid_0/job_1', ['memory']),
    '/etc/oar/oar.conf': '',
    '/proc/1/stat': '',
  });
  const found = await job.examine?.(openHost(root), readConfig(job.options, {}, 'job'));
  expect(found?.map(({ source, found }) => [source, found])).toEqual([
    ['cgroups', true],
    ['Slurm jobs', true],
    ['OAR jobs', false],
    ['processes of jobs', false],
  ]);
  expect(found?.[2]?.fix).toMatch('JOB_RESOURCE_MANAGER_FILE');
});

test('doctor says so where a node has no scheduler, or no cgroups', async () => {
  const options = readConfig(job.options, {}, 'job');
  const sources = async (files: Files) => {
    const found = await job.examine?.(openHost(madeMachine(files).root), options);
    return found?.map(({ source, found }) => [source, found]);
  };
  expect(await sources(V1_MOUNTS)).toEqual([
    ['cgroups', true],
    ['jobs', false],
  ]);
  expect(await sources({ '/proc/mounts': '' })).toEqual([['cgroups', false]]);
});

test('controllers are found where they are mounted, and where OAR links to', () => {
  const mounts = 'none /dev/my\\040cgroups cgroup rw,relatime,cpuset,cpu,cpuacct 0 0\nagain /copy cgroup rw,cpuset 0 0\n';
  const { root } = madeMachine({
    '/proc/mounts': mounts,
    '/dev/oar_cgroups_links/memory/oar/x': '',
    '/dev/oar_cgroups_links/cpuset/x': '',
  });
  expect(findHierarchies(openHost(root))).toEqual([
    { controllers: ['cpuset', 'cpu', 'cpuacct'], at: '/dev/my cgroups' },
    { controllers: ['memory'], at: '/dev/oar_cgroups_links/memory' },
  ]);
});
