import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openCollector, temporaryFolder } from '../../collector.ts';
import type { BenchOptions, BenchRow } from '../bench-row.ts';
import { feed } from '../feed.ts';
import { gridLines, makeGrid, partOf } from '../load/grid.ts';
import { askTimed } from '../load/timed-questions.ts';
import { median, spread } from '../numbers.ts';
import { startCollector } from '../ours.ts';

const DAY_MS = 86_400_000;
const PERIOD_MS = 30_000;

/** Whole days of samples, the last of which ended with the day before this one. */
interface Days {
  readonly data: string;
  readonly start: number;
  readonly count: number;
  /** Those whose samples themselves are kept; of the others there are roll-ups. */
  readonly raw: number;
}

/** A question about months, to a collector that has just been started, of files that are in no cache. */
export const queryDaysRow: BenchRow = {
  name: 'days',
  summary: '90 days of one node at steps of 1 min from roll-ups, asked first of all of a collector',
  needs: [],
  async run(options) {
    const count = options.quick ? 3 : 90;
    const folder = temporaryFolder();
    const days = { data: folder.path, count, raw: options.quick ? 1 : 14, start: Math.floor(Date.now() / DAY_MS - count) * DAY_MS };
    try {
      await fill(days);
      await dropRaw(days);
      const walls: number[] = [];
      for (let run = 0; run < options.runs; run++) walls.push(await coldly(options, days));
      return [
        {
          budget: 'query-days',
          what: `${count} days of one node at 1 min steps, cold`,
          ours: spread(walls, ' ms'),
          peer: 'none',
          value: median(walls),
        },
      ];
    } finally {
      folder.remove();
    }
  },
};

function nameOf({ start }: Days, day: number): string {
  return new Date(start + day * DAY_MS).toISOString().slice(0, 10);
}

async function fill(days: Days): Promise<void> {
  const kept = `${days.count + 10}d`;
  const collector = await openCollector(days.data, { stores: { duckdb: { retention: kept, retention_1m: kept, commit: '1s' } } });
  try {
    const daily = DAY_MS / PERIOD_MS;
    const grid = makeGrid([{ name: 'node0', isDrawn: true }], days.start + 137, PERIOD_MS, days.count * daily);
    for (let day = 0; day < days.count; day++) {
      await feed(collector.url, gridLines(partOf(grid, day * daily, daily)));
      await collector.duckdb?.seal(nameOf(days, day));
    }
  } finally {
    await collector.close();
  }
}

function startOn(days: Days): ReturnType<typeof startCollector> {
  const duckdb = { retention: `${days.raw}d`, retention_1m: `${days.count + 10}d` };
  return startCollector(days.data, { config: { query: { points: 200_000 }, stores: { duckdb } } });
}

// A collector removes what is older than it is kept as soon as it starts.
async function dropRaw(days: Days): Promise<void> {
  const collector = await startOn(days);
  const isThere = (day: number): boolean => existsSync(join(days.data, 'duckdb', nameOf(days, day), 'samples.parquet'));
  while (Array.from({ length: days.count - days.raw }, (_, day) => day).some(isThere)) await pause(200);
  await collector.stop();
}

async function coldly({ progress }: BenchOptions, days: Days): Promise<number> {
  const collector = await startOn(days);
  try {
    leaveCache(join(days.data, 'duckdb'));
    const [start, end] = [days.start / 1000 + 60, (days.start + days.count * DAY_MS) / 1000];
    const { wall, series, values } = await askTimed(collector.url, { expressions: ['node_load1{instance="node0"}'], start, end, step: 60 });
    if (series !== 1 || values < (end - start) / 60) throw new Error(`the answer has ${series} series of ${values} values`);
    progress(`${values} values after ${wall.toFixed(0)} ms`);
    return wall;
  } finally {
    await collector.stop();
  }
}

/** Has the kernel forget what it holds of the files (dd(1), `nocache`). */
function leaveCache(directory: string): void {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) execFileSync('dd', [`if=${join(entry.parentPath, entry.name)}`, 'iflag=nocache', 'count=0', 'status=none']);
  }
}
