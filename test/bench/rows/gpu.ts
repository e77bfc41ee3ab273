import { openHost } from '../../../agent/host.ts';
import { openNvml } from '../../../agent/probe/gpu/nvml/index.ts';
import { fakeNvml } from '../../gpu/fake-nvml.ts';
import type { BenchRow } from '../bench-row.ts';
import { median, spread } from '../numbers.ts';

const GPUS = 8;
const PASSES = 3000;
/** Passes before those that count: the first ones compile the code. */
const WARM_UP = 1000;

/**
 * What it costs to ask NVML, without what NVML itself costs: a made library answers at once. The clock of the passes goes a second
 * each, so that what is read every 5 s and every minute has its share.
 */
export const gpuRow: BenchRow = {
  name: 'gpu',
  summary: 'one reading a second of 8 made H100 through NVML',
  needs: ['gcc'],
  async run({ runs, quick, progress }) {
    const processes = Array.from({ length: 2 }, (_, at) => `gpu * process compute ${4000 + at} 1073741824`);
    const fake = fakeNvml([`gpus ${GPUS} h100`, ...processes, 'frozen']);
    Object.assign(process.env, fake.env);
    let now = Date.now();
    const context = { host: openHost(), period: 1000, calling: () => undefined, signal: new AbortController().signal };
    const nvml = await openNvml(context, { library: fake.library });
    const passes = quick ? PASSES / 10 : PASSES;
    const microseconds: number[] = [];
    try {
      for (let pass = 0; pass < WARM_UP; pass++) await nvml.read((now += 1000));
      for (let run = 0; run < runs; run++) {
        const before = process.cpuUsage();
        for (let pass = 0; pass < passes; pass++) await nvml.read((now += 1000));
        const { user, system } = process.cpuUsage(before);
        microseconds.push((user + system) / passes);
        progress(`${((user + system) / passes).toFixed(1)} µs CPU a pass`);
      }
    } finally {
      await nvml.close();
      fake.remove();
    }
    const shares = microseconds.map((each) => each / 1e6);
    const what = `share of a core for a reading of ${GPUS} GPUs a second`;
    return [{ budget: 'gpu-binding', what, ours: `${spread(microseconds, ' µs')} a reading`, peer: 'none', value: median(shares) }];
  },
};
