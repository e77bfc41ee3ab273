import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openCollector, temporaryFolder } from '../../collector.ts';
import type { BenchOptions, BenchRow, Result } from '../bench-row.ts';
import { feed } from '../feed.ts';
import { gridLines, makeGrid, partOf } from '../load/grid.ts';
import { askTimed } from '../load/timed-questions.ts';
import { spread, median } from '../numbers.ts';
import { startCollector } from '../ours.ts';

const DAY_MS = 86_400_000;
const PERIOD_MS = 30_000;

/** A question about months, to a collector that has just been started, of files that are in no cache. */
export const queryDaysRow: BenchRow = {
  name: 'days',
  summary: '90 days of one node at steps of 1 min from roll-ups, asked first of all of a collector',
  needs: [],
  async run(options) {
    const days = options.quick ? 3 : 90;
    const folder = temporaryFolder();
    try {
      const end = Math.floor(Date.now() / DAY_MS) * DAY_MS;
      const start = end - days * DAY_MS;
      await fill(folder.path, start, days);
      // All but the last days have nothing but roll-ups.
      const config = {
        query: { points: 200_000 },
        stores: { duckdb: { retention: options.quick ? '1d' : '14d', retention_1m: `${days + 2}d` } },
      };
      const walls: number[] = [];
      for (let run = 0; run < options.runs; run++) walls.push(await coldly(options, folder.path, config, start, end));
      return [result(days, walls)];
    } finally {
      folder.remove();
    }
  },
};

function result(days: number, walls: readonly number[]): Result {
  return {
    budget: 'query-days',
    what: `${days} days of one node at 1 min steps, cold`,
    ours: spread(walls, ' ms'),
    peer: 'none',
    value: median(walls),
  };
}

async function fill(data: string, start: number, days: number): Promise<void> {
  const stores = { duckdb: { retention: `${days + 10}d`, retention_1m: `${days + 10}d`, commit: '1s' } };
  const collector = await openCollector(data, { stores });
  try {
    const daily = DAY_MS / PERIOD_MS;
    const grid = makeGrid([{ name: 'node0', isDrawn: true }], start + 137, PERIOD_MS, days * daily);
    for (let day = 0; day < days; day++) {
      await feed(collector.url, gridLines(partOf(grid, day * daily, daily)));
      await collector.duckdb?.seal(new Date(start + day * DAY_MS).toISOString().slice(0, 10));
    }
  } finally {
    await collector.close();
  }
}

async function coldly(
  { progress }: BenchOptions,
  data: string,
  config: Readonly<Record<string, unknown>>,
  start: number,
  end: number,
): Promise<number> {
  const collector = await startCollector(data, { config });
  try {
    const first = join(data, 'duckdb', new Date(start).toISOString().slice(0, 10));
    while (existsSync(join(first, 'samples.parquet'))) await new Promise((resolve) => setTimeout(resolve, 200));
    leaveCache(join(data, 'duckdb'));
    const question = { expressions: ['node_load1{instance="node0"}'], start: start / 1000 + 60, end: end / 1000, step: 60 };
    const { wall, series, values } = await askTimed(collector.url, question);
    if (series !== 1 || values < (end - start) / 60_000 - 2) throw new Error(`the answer has ${series} series of ${values} values`);
    progress(`${values} values after ${wall.toFixed(0)} ms`);
    return wall;
  } finally {
    await collector.stop();
  }
}

/** Has the kernel forget what it holds of the files (dd(1), `nocache`). */
function leaveCache(directory: string): void {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    execFileSync('dd', [`if=${join(entry.parentPath, entry.name)}`, 'iflag=nocache', 'count=0', 'status=none']);
  }
}
