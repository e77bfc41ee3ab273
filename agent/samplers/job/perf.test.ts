import { expect, onTestFinished, test } from 'vitest';
import { madeMachine } from '../../../test/machines/made-machine.ts';
import type { Metric } from '../../contract/metric.ts';
import { openHost } from '../../host.ts';
import { perfEvents } from '../../probe/perf-events.ts';
import { openReadings } from '../../readings.ts';
import type { SamplerContext } from '../../sampler.ts';
import { openJobValues } from './job-values.ts';
import { openJobPerf, perfEventFault, USUAL_EVENTS } from './perf.ts';
import { perfSpecs } from './perf-specs.ts';

// Stands in for the probe: counts twice what it has been asked for a path, and no cycles, as a machine without a PMU.
const CHILD = `
  n=0
  while IFS= read -r line; do
    n=$((n+1)); id="\${line#*\\"id\\":}"; id="\${id%%,*}"
    case "$line" in
      *job_9*) echo "{\\"id\\":$id,\\"error\\":\\"/sys/job_9 needs 512 descriptors\\"}" ;;
      *) echo "{\\"id\\":$id,\\"values\\":{\\"instructions\\":$((n*2))}}" ;;
    esac
  done`;

function stand(paranoid = '-1') {
  const { root } = madeMachine({ '/proc/sys/kernel/perf_event_paranoid': paranoid, '/proc/self/status': 'CapEff:\t0\n' });
  const readings = openReadings({});
  const series = ((metric: Metric, labels?: Readonly<Record<string, string>>) =>
    readings.series(metric, labels ?? {})) as SamplerContext<unknown>['series'];
  const said: string[] = [];
  const log = { info: () => undefined, warn: (message: string) => void said.push(message), error: () => undefined };
  const perf = openJobPerf({ host: openHost(root), log, series }, ['instructions', 'cycles'], ['/bin/sh', '-c', CHILD]);
  onTestFinished(() => perf?.close());
  return { perf, said, values: () => openJobValues(series) };
}

test('a job is counted in its perf_event cgroup, else in that of version 2; what is not counted is absent, and said once', async () => {
  const { perf, said, values } = stand();
  const [first, second] = [values(), values()];
  perf?.ask(
    [
      { controller: 'memory', path: '/m/job_1' },
      { controller: 'perf_event', path: '/p/job_1' },
    ],
    first,
  );
  await expect.poll(() => first.of('job_instructions_total').last).toBe(2);
  perf?.ask([{ controller: 'unified', path: '/u/job_2' }], second);
  await expect.poll(() => second.of('job_instructions_total').last).toBe(4);
  expect(second.of('job_cycles_total').last).toBeNaN();
  expect(said).toEqual(['perf counters of jobs: this machine does not count cycles; a virtual one often has no counters of hardware']);
});

test('a job without such a cgroup, or one that descriptors are short for, is said once for all of them', async () => {
  const { perf, said, values } = stand();
  for (const job of [1, 2]) perf?.ask([{ controller: 'memory', path: `/m/job_${job}` }], values());
  expect(said).toEqual(['perf counters of jobs: jobs have no cgroup of the perf_event controller, nor of version 2']);
  for (const path of ['/u/job_9', '/u/job_90']) perf?.ask([{ controller: 'unified', path }], values());
  await expect.poll(() => said.length).toBe(2);
  const last = values();
  perf?.ask([{ controller: 'unified', path: '/u/job_3' }], last);
  await expect.poll(() => last.of('job_instructions_total').last).toBeGreaterThan(0);
  expect(said.filter((line) => line.includes('descriptors'))).toEqual(['perf counters of jobs: /sys/job_9 needs 512 descriptors']);
});

test('where it is not allowed nothing is started, and what would allow it is said', () => {
  const { perf, said } = stand('2');
  expect(perf).toBeUndefined();
  expect(said).toEqual([
    expect.stringMatching(/perf_event_paranoid is 2, and the agent has not CAP_PERFMON; .*AmbientCapabilities=CAP_PERFMON/),
  ]);
});

test('every event that is offered is one that the kernel knows', () => {
  const names = Object.keys(perfSpecs).map((name) => name.replace(/^job_|_total$/g, ''));
  expect(names.filter((name) => !Object.hasOwn(perfEvents, name))).toEqual([]);
  expect([...USUAL_EVENTS, ...names].map(perfEventFault).filter((fault) => fault !== undefined)).toEqual([]);
  expect(perfEventFault('instruction')?.suggestion).toMatch(/did you mean instructions\?/);
});
