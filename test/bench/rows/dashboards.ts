import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../../agent/contract/errors.ts';
import { temporaryFolder } from '../../collector.ts';
import type { BenchRow } from '../bench-row.ts';
import { root } from '../checkout.ts';
import { committed, feed } from '../feed.ts';
import { makeTemplate } from '../load/fleet-template.ts';
import { gridLines, makeGrid, nodePanels } from '../load/grid.ts';
import type { PushOrder, PushReport } from '../load/push-load.ts';
import { askTimed } from '../load/timed-questions.ts';
import { median, shown, spread } from '../numbers.ts';
import { startCollector } from '../ours.ts';
import { recordBatches } from '../recording.ts';

const DASHBOARDS = 10;
const REFRESH_MS = 5_000;
const PERIOD_MS = 5_000;
const HOUR_MS = 3_600_000;
const NODES = 200;
const VALUES = 170;

/** What is stored a second while people look on, and while nobody does. */
export const dashboardsRow: BenchRow = {
  name: 'dashboards',
  summary: 'values stored a second while ten dashboards refresh every 5 s, against while nobody looks',
  needs: [],
  async run(options) {
    const seconds = options.quick ? 5 : 15;
    const folder = temporaryFolder();
    const template = join(folder.path, 'template');
    const [batch = ''] = await recordBatches(1);
    writeFileSync(template, makeTemplate(batch, VALUES));
    const collector = await startCollector(join(folder.path, 'data'), { config: { stores: { duckdb: { commit: '5s' } } } });
    const now = Math.floor(Date.now() / 1000) * 1000;
    const drawn = Array.from({ length: DASHBOARDS }, (_, at) => ({ name: `drawn${at}`, isDrawn: true }));
    await feed(collector.url, gridLines(makeGrid(drawn, now - HOUR_MS, PERIOD_MS, HOUR_MS / PERIOD_MS)));
    const load = startLoad(collector.url, template);
    try {
      const [alone, watched]: [number[], number[]] = [[], []];
      const walls: number[] = [];
      // Far enough back that what is pushed does not come into the future.
      let start = now - 8 * HOUR_MS;
      const measure = async (): Promise<number> => {
        const { values, last } = await load.push({ seconds, start });
        start = last;
        await committed(collector.url);
        return values / seconds / 1e6;
      };
      await measure();
      for (let run = 0; run < options.runs; run++) {
        alone.push(await measure());
        const viewers = view(collector.url, now);
        watched.push(await measure());
        walls.push(...(await viewers.stop()));
        options.progress(
          `${shown(alone.at(-1) ?? 0)} M values/s alone, ${shown(watched.at(-1) ?? 0)} M while ${walls.length} pages were drawn`,
        );
      }
      return [
        {
          budget: 'dashboards',
          what: 'ingest while ten dashboards refresh every 5 s, against ingest alone',
          ours: `${spread(watched, ' M/s')}, a page ${spread(walls, ' ms')}`,
          peer: `${spread(alone, ' M/s')} alone`,
          value: median(watched.map((rate, at) => rate / (alone[at] ?? Number.NaN))),
        },
      ];
    } finally {
      load.stop();
      await collector.stop();
      folder.remove();
    }
  },
};

// Ten people, who came at different times. One who still waits does not ask again.
function view(url: string, now: number): { stop(): Promise<number[]> } {
  const walls: number[] = [];
  const ending = new AbortController();
  const look = async (place: number): Promise<void> => {
    const range = { start: (now - HOUR_MS) / 1000, end: now / 1000, step: 15 };
    let due = performance.now() + (place * REFRESH_MS) / DASHBOARDS;
    while (!ending.signal.aborted) {
      await pause(Math.max(0, due - performance.now()), undefined, { signal: ending.signal }).catch(() => undefined);
      if (ending.signal.aborted) return;
      walls.push((await askTimed(url, { ...range, expressions: nodePanels(`drawn${place}`) })).wall);
      due = Math.max(due + REFRESH_MS, performance.now());
    }
  };
  const looking = Array.from({ length: DASHBOARDS }, (_, place) => look(place));
  return {
    async stop() {
      ending.abort();
      await Promise.all(looking);
      return walls;
    },
  };
}

function startLoad(url: string, template: string): { push(order: PushOrder): Promise<PushReport>; stop(): void } {
  const child: ChildProcess = fork(join(root, 'dist/test/bench/load/push-load.js'), [url, String(NODES), template]);
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the load ended with ${String(code)}`)));
  // Ended here, it has not failed; while it is asked for something, the race tells.
  failed.catch((error: unknown) => messageOf(error));
  return {
    async push(order) {
      child.send(order);
      const [report] = (await Promise.race([once(child, 'message'), failed])) as [PushReport];
      return report;
    },
    stop() {
      process.off('exit', end);
      child.kill('SIGKILL');
    },
  };
}
