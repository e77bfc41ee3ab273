import { expect, test } from 'vitest';
import { madeMachine } from '../test/machines/made-machine.ts';
import { systemClock } from './clock.ts';
import { readAgentConfig } from './config.ts';
import { defineMetrics } from './contract/metric.ts';
import { openHost } from './host.ts';
import { openLog } from './log.ts';
import { readOnce } from './once.ts';
import { defineSampler } from './sampler.ts';

const metrics = defineMetrics('job', { job_seen: { kind: 'gauge', unit: 'count', help: 'GPUs that are seen.', labels: [] } });

test('who tells what jobs do with GPUs has the GPUs before him, though their reading takes longer', async () => {
  const gpu = defineSampler({
    name: 'gpu',
    summary: 'Late.',
    metrics: {},
    options: {},
    open: ({ gpus }) => ({
      async sample() {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const card = { gpu: '0', uuid: 'GPU-0', parent: undefined, minor: 0, watts: 57, joules: 1 };
        gpus.publish('nvml', [card], [], Number.POSITIVE_INFINITY);
      },
    }),
  });
  const job = defineSampler({
    name: 'job',
    summary: 'Looks at once.',
    metrics,
    options: {},
    open: ({ gpus, host, series }) => {
      const seen = series(metrics.job_seen);
      return { sample: () => seen.set(gpus.gpus(host.now()).length) };
    },
  });
  const config = readAgentConfig([job, gpu], { instance: 'n1' }, 'test', {});
  const host = openHost(madeMachine({}).root);
  const text = await readOnce({ config, host, clock: systemClock, log: openLog(() => undefined), format: 'prometheus' });
  expect(text).toMatch(/^job_seen\{.*\} 1$/m);
});
