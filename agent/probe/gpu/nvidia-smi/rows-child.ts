import { Transient } from '../../../contract/errors.ts';
import { openPauses } from '../../pauses.ts';
import { openCommandRunner } from '../command/run-command.ts';
import type { GpuSourceContext } from '../source.ts';
import { askFields, endingOf, refusedField } from './query.ts';
import { smiQuery } from './rows.ts';
import type { SmiRow } from './rows.ts';
import { startLineStream } from './stream.ts';
import type { LineStream } from './stream.ts';
import { openSweep } from './sweep.ts';
import type { Sweep } from './sweep.ts';

/** The nvidia-smi that stays and prints a row of each GPU every period. */
export interface RowsChild {
  /**
   * Resolves to the new rows, each once, as soon as every GPU has one. Replaces a child that has ended or is silent, after a pause
   * that doubles.
   *
   * @throws Transient where no new row comes in time, or while the pause lasts; Unavailable where the node has nothing to read any more.
   */
  rows(): Promise<readonly SmiRow[]>;
  close(): void;
}

const WAIT_MAX_MS = 2000;
const PAUSE_MAX_MS = 600_000;
/** Whoever served for so long was well. */
const WELL_MS = 60_000;
/** Rows older than this many periods are not handed out, and a child silent for as long hangs. */
const PERIODS = 3;
const SILENCE_MIN_MS = 1000;
/** A driver that offers a field and refuses it has a few of them at most. */
const REFUSED_MAX = 10;

interface Running {
  readonly stream: LineStream;
  readonly sweep: Sweep;
  readonly startedAt: number;
  lastRowAt: number;
}

/** Starts it and waits `firstMs` for its first rows. Throws as `rows` does. */
export async function openRowsChild(program: string, firstMs: number, context: GpuSourceContext): Promise<RowsChild> {
  const { host, period, calling } = context;
  const pauses = openPauses(PAUSE_MAX_MS, () => performance.now());
  const asker = openCommandRunner(program, context.signal);
  let child: Running;

  const begin = async (): Promise<Running> => {
    calling('nvidia-smi --help-query-gpu');
    const offered = new Set(await askFields(asker));
    calling('nvidia-smi --query-gpu');
    for (let refused = 0; ; refused++) {
      const started = start(program, offered, context);
      child = started;
      if (await Promise.race([started.sweep.settled(firstMs), started.stream.ended])) return started;
      if (started.stream.alive()) {
        started.stream.end();
        throw new Transient(`nvidia-smi has printed no row within ${firstMs} ms`);
      }
      const words = started.stream.lastWords();
      const field = refusedField(words);
      if (field === undefined || refused === REFUSED_MAX || !offered.delete(field)) throw endingOf(words);
    }
  };
  const replace = (why: string): Promise<Running> => {
    child.stream.end();
    if (performance.now() - child.startedAt >= WELL_MS) pauses.clear(program);
    pauses.check(program, why);
    pauses.lengthen(program);
    return begin();
  };

  child = await begin();
  return {
    async rows() {
      const trouble = troubleOf(child, period);
      if (trouble !== undefined) child = await replace(trouble);
      calling('nvidia-smi --query-gpu');
      await child.sweep.settled(Math.min(period, WAIT_MAX_MS));
      const rows = child.sweep.take(host.now(), PERIODS * period);
      if (rows.length === 0) throw new Transient(`nvidia-smi has printed no new row for ${silentMs(child)} ms`);
      return rows;
    },
    close: () => child.stream.end(),
  };
}

function start(program: string, offered: ReadonlySet<string>, { host, period, signal }: GpuSourceContext): Running {
  const { fields, parse } = smiQuery(offered);
  const sweep = openSweep();
  const stream = startLineStream({
    program,
    args: [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits', '-lms', String(loopMs(period))],
    heard(line) {
      const row = parse(line);
      if (row === undefined) return false;
      running.lastRowAt = performance.now();
      sweep.add(row, host.now());
      return true;
    },
    signal,
  });
  const startedAt = performance.now();
  const running: Running = { stream, sweep, startedAt, lastRowAt: startedAt };
  return running;
}

function troubleOf(child: Running, period: number): string | undefined {
  if (!child.stream.alive()) return `nvidia-smi ${child.stream.lastWords()}`;
  const silent = silentMs(child);
  return silent > Math.max(PERIODS * period, SILENCE_MIN_MS) ? `nvidia-smi has printed no row for ${silent} ms` : undefined;
}

function silentMs({ lastRowAt }: Running): number {
  return Math.round(performance.now() - lastRowAt);
}

// A little faster than it is read, as each loop takes as long as its query on top: otherwise there were a reading without a new row
// every now and then.
function loopMs(period: number): number {
  return Math.max(100, Math.round(period * 0.9));
}
