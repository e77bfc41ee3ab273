import { setTimeout as sleep } from 'node:timers/promises';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../collector.ts';
import { fakeNvml } from '../../gpu/fake-nvml.ts';
import type { BenchRow } from '../bench-row.ts';
import { root } from '../checkout.ts';
import { holdOf, WATCH } from '../hold.ts';
import { median, shown, spread } from '../numbers.ts';
import { bundleAgent, startAgent } from '../ours.ts';

const CARDS = 'gpus 8 h100';
const HANG = 'hang nvmlDeviceGetMemoryInfo_v2 3600';
/** Samplers open, code is compiled, and the inventory of the machine is taken. */
const WARM_UP_MS = 15_000;
/** The watchdog notices in the first of the windows (3 s), and sends its first signal after the last (30 s). */
const WINDOW_MS = 5000;
const WINDOWS = 4;

/** Whether a driver that hangs holds up the agent itself. */
export const gpuJitterRow: BenchRow = {
  name: 'gpu-jitter',
  summary: "the longest hold of the agent's event loop while a driver hangs, against the same while it answers",
  needs: ['gcc'],
  async run({ runs, quick, progress }) {
    const folder = temporaryFolder();
    const bundle = bundleAgent(folder.path);
    symlinkSync(join(root, 'node_modules'), join(folder.path, 'node_modules'));
    const hung: number[] = [];
    const well: number[] = [];
    try {
      for (let run = 0; run < runs; run++) {
        const fake = fakeNvml([CARDS]);
        // Nothing is pushed meanwhile: what a batch costs on its way to the disk is another row's.
        const config = { period: '1s', push: '10m', samplers: { gpu: { nvml: fake.library } } };
        const agent = startAgent(bundle, folder.path, config, { flags: [WATCH], env: fake.env });
        // What the agent does itself it does in every window; what the machine's other work does to it, in some.
        const hold = async (): Promise<number> => {
          const holds: number[] = [];
          await holdOf(agent.child);
          for (let at = 0; at < (quick ? 1 : WINDOWS); at++) {
            await sleep(WINDOW_MS);
            holds.push(await holdOf(agent.child));
          }
          return Math.min(...holds);
        };
        try {
          await sleep(WARM_UP_MS);
          well.push(await hold());
          fake.say(CARDS, HANG);
          // The next reading hangs.
          await sleep(1000);
          hung.push(await hold());
        } finally {
          await agent.stop();
          fake.remove();
        }
        progress(`held ${shown(hung.at(-1) ?? Number.NaN)} ms while NVML hangs, ${shown(well.at(-1) ?? Number.NaN)} ms while it answers`);
      }
    } finally {
      folder.remove();
    }
    const what = `longest hold of the agent in ${WINDOW_MS / 1000} s of 1 Hz while NVML hangs`;
    const peer = `${spread(well, ' ms')} while it answers`;
    return [{ budget: 'gpu-jitter', what, ours: spread(hung, ' ms'), peer, value: median(hung) }];
  },
};
