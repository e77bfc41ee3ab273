import { expect, test } from 'vitest';
import { madeMachine } from '../../../../test/machines/made-machine.ts';
import { openHost } from '../../../host.ts';
import { examineJobGpus } from './examine.ts';

test.each([
  ['nothing on a node without GPUs', { '/dev/null': '', '/run/gpustat/0': '' }, []],
  ['OAR', { '/dev/nvidia0': '', '/var/lib/oar/1_resources': '' }, [[true, 'gpudevice']]],
  ['a prolog', { '/dev/nvidia0': '', '/run/gpustat/0': '' }, [[true, 'prolog']]],
  ['the environment of processes', { '/dev/dri/renderD128': '', '/proc/1/environ': 'A=B' }, [[true, 'environment']]],
  ['that there is nothing', { '/dev/nvidia0': '' }, [[false, 'may not be read']]],
])('doctor tells what says which GPUs jobs are given: %s', (_, files, expected) => {
  const findings = examineJobGpus(openHost(madeMachine(files).root));
  expect(findings.map(({ found }) => found)).toEqual(expected.map(([found]) => found));
  for (const [at, { why, found, fix }] of findings.entries()) {
    expect(why).toContain(expected[at]?.[1]);
    expect(found || fix !== undefined).toBe(true);
  }
});
