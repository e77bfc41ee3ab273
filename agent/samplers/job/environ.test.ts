import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { madeMachine } from '../../../test/machines/made-machine.ts';
import { openHost } from '../../host.ts';
import { openEnviron } from './environ.ts';

test('what schedulers tell is read beside the event loop, and known with the next question', async () => {
  const { root } = madeMachine({ '/proc/40/environ': 'HOME=/\0SLURM_JOB_ID=991\0SECRET=x\0' });
  const environ = openEnviron(openHost(root));
  expect([environ.of(40), environ.of(41)]).toEqual([undefined, undefined]);
  await environ.settled();
  expect(environ.of(40)).toEqual(new Map([['SLURM_JOB_ID', '991']]));
  expect(environ.of(41)).toBeUndefined();
  expect(environ.read).toBe(2);
});

test('a process that says nothing yet is read again after a while', async () => {
  let now = 0;
  const machine = madeMachine({ '/proc/40/environ': 'HOME=/\0' });
  const environ = openEnviron(openHost(machine.root, () => now));
  environ.of(40);
  await environ.settled();
  machine.write('/proc/40/environ', 'PBS_JOBID=7\0');
  environ.of(40);
  await environ.settled();
  expect(environ.of(40)?.get('PBS_JOBID')).toBeUndefined();
  now = 5000;
  environ.of(40);
  await environ.settled();
  expect(environ.of(40)?.get('PBS_JOBID')).toBe('7');
});

test('a process that keeps its reader waiting holds nobody up', async () => {
  const { root } = madeMachine({ '/proc/41/environ': 'SLURM_JOB_ID=2\0', '/proc/40/stat': '' });
  const fifo = `${root}/proc/40/environ`;
  execFileSync('mkfifo', [fifo]);
  onTestFinished(() => closeSync(openSync(fifo, 'r+')));
  const environ = openEnviron(openHost(root));
  expect([environ.of(40), environ.of(41), environ.of(40)]).toEqual([undefined, undefined, undefined]);
  await new Promise(setImmediate);
  expect(environ.read).toBe(0);
});
