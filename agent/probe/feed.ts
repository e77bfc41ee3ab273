import type { FeedProcess } from './feed-process.ts';
import { startFeedProcess } from './feed-process.ts';
import { openPauses } from './pauses.ts';

/** What every reading says of itself. */
export interface FeedReading {
  /** Who read it; the newest reading of each is kept. */
  readonly source: string;
  /** Milliseconds since the epoch, when the reading ended. */
  readonly at: number;
}

/** A line of a feed: a reading, a source that could not read this time, word that this node has nothing to read, that every source has read once, or a sign of life. */
export type FeedLine<Reading extends FeedReading> =
  | { readonly reading: Reading }
  | { readonly source: string; readonly failed: string }
  | { readonly unavailable: string }
  | { readonly ready: true }
  | { readonly alive: true };

/** What came since the last look. */
export interface Fed<Reading> {
  /** The newest reading of each source, each handed out once and none older than a period (or a second). */
  readonly readings: readonly Reading[];
  /** What stands in the way of readings, and in which call. */
  readonly trouble: string | undefined;
  /** Why there is nothing to read on this node. */
  readonly unavailable: string | undefined;
}

/** A child process that reads on its own schedule what may hang, and feeds the agent a line a reading. */
export interface Feed<Reading> {
  /** To be called every round: takes what came, starts the child where none runs, and ends one that hangs. Never waits. */
  take(this: void): Fed<Reading>;
  /** Resolves when the child says that every source has read once, or that there is none, and when it ends. */
  settled(this: void): Promise<void>;
  /** Whether the child is silent for longer than it may, or one that was killed does not die. */
  hung(this: void): boolean;
  /** Ends the child: gently, and by force before two seconds are over. Safe to call twice. */
  close(this: void): Promise<void>;
}

/** A feed's child and its deadlines, in milliseconds. */
export interface FeedOptions {
  readonly name: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** What the child is told, as its first line of input. */
  readonly config: unknown;
  readonly period: number;
  /** Silent for this long, the child counts as hanging; at least three periods. */
  readonly softMs?: number;
  /** The same before its first word: drivers may take seconds to wake their cards. */
  readonly firstMs?: number;
  /** Silent for this long it is asked to end, … */
  readonly hardMs?: number;
  /** … and this much later it is killed. */
  readonly killMs?: number;
  /** The longest pause before a child that died is started again. */
  readonly pauseMaxMs?: number;
  /** Milliseconds since some start. */
  readonly monotonic?: () => number;
  readonly now?: () => number;
  readonly start?: typeof startFeedProcess;
}

interface Run {
  readonly process: FeedProcess;
  spoken: boolean;
  asked: boolean;
  silentMs: number;
  servedMs: number;
}

// Killed and not dead: in a system call that does not end. One may be replaced; with a second, no more are started.
const UNDEAD_MAX = 2;
const GENTLY_MS = 1200;
const BY_FORCE_MS = 500;

/** Opens a feed; its child starts at the first look. */
export function openFeed<Reading extends FeedReading>(options: FeedOptions): Feed<Reading> {
  const { name, period, pauseMaxMs = 600_000, monotonic = () => performance.now(), now = Date.now, start = startFeedProcess } = options;
  const deadlines = deadlinesOf(options);
  const readings = new Map<string, Reading>();
  const failures = new Map<string, string>();
  const undead = new Set<FeedProcess>();
  const pauses = openPauses(pauseMaxMs, monotonic);
  let current: Run | undefined;
  let checkedAt = monotonic();
  let ending: string | undefined;
  let unavailable: string | undefined;
  let closing: Promise<void> | undefined;
  let heard: (() => void)[] = [];

  const tell = (): void => {
    const waiting = heard;
    heard = [];
    for (const resolve of waiting) resolve();
  };
  const isLate = (run: Run): boolean => run.silentMs >= (run.spoken ? deadlines.softMs : deadlines.firstMs);

  const begin = (): void => {
    if (closing !== undefined || undead.size >= UNDEAD_MAX || pauses.left(name) > 0) return;
    const process = start({
      command: options.command,
      config: options.config,
      line(line) {
        if (current?.process !== process) return;
        // The next look counts from the last one, of which this much was not silent.
        current.silentMs = Math.max(checkedAt - monotonic(), -2 * period);
        current.spoken = true;
        accept(line as FeedLine<Reading>);
      },
    });
    current = { process, spoken: false, asked: false, silentMs: 0, servedMs: 0 };
    void process.ended.then((why) => gone(process, why));
  };
  const gone = (process: FeedProcess, why: string): void => {
    undead.delete(process);
    if (current?.process !== process) return;
    ending = why;
    // Whoever served for as long as the longest pause was well.
    if (current.servedMs >= pauseMaxMs) pauses.clear(name);
    pauses.lengthen(name);
    current = undefined;
    tell();
  };
  const accept = (line: FeedLine<Reading>): void => {
    if ('reading' in line) readings.set(line.reading.source, line.reading);
    else if ('unavailable' in line) unavailable = line.unavailable;
    else if ('failed' in line) failures.set(line.source, line.failed);
    if ('ready' in line || 'unavailable' in line) tell();
  };

  const watch = (run: Run, elapsed: number): void => {
    run.silentMs += elapsed;
    run.servedMs += elapsed;
    const hardMs = run.spoken ? deadlines.hardMs : Math.max(deadlines.hardMs, 2 * deadlines.firstMs);
    if (run.silentMs >= hardMs + deadlines.killMs) {
      ending = `${silence(run)} and was killed`;
      pauses.lengthen(name);
      undead.add(run.process);
      current = undefined;
      run.process.signal('SIGKILL');
    } else if (run.silentMs >= hardMs && !run.asked) {
      run.asked = true;
      run.process.signal('SIGTERM');
    }
  };

  const silence = ({ process, silentMs }: Run): string => {
    const call = process.call();
    return `has been silent for ${Math.round(silentMs / 1000)} s${call === '' ? ', outside any call' : ` in ${call}`}`;
  };
  const trouble = (): string | undefined => {
    if (current !== undefined && isLate(current)) return `probe ${name} ${silence(current)}`;
    if (current !== undefined)
      return failures.size === 0 ? undefined : [...failures].map(([source, why]) => `${source}: ${why}`).join('; ');
    if (undead.size >= UNDEAD_MAX) return `probe ${name}: ${undead.size} children hang and cannot be killed`;
    return `probe ${name} ${ending ?? 'has not started'}; started again in ${Math.ceil(pauses.left(name) / 1000)} s`;
  };

  const close = async (): Promise<void> => {
    const last = current?.process;
    current = undefined;
    tell();
    for (const process of undead) process.abandon();
    if (last === undefined) return;
    last.end();
    if (await within(last.ended, GENTLY_MS)) return;
    last.signal('SIGKILL');
    if (!(await within(last.ended, BY_FORCE_MS))) last.abandon();
  };

  return {
    take() {
      const time = monotonic();
      // What held up the agent itself is no silence of the child: its words wait in the pipe.
      const elapsed = Math.min(time - checkedAt, 2 * period);
      checkedAt = time;
      if (current !== undefined) watch(current, elapsed);
      if (current === undefined) begin();
      const oldest = now() - Math.max(period, 1000);
      const fed = { readings: [...readings.values()].filter(({ at }) => at >= oldest), trouble: trouble(), unavailable };
      readings.clear();
      failures.clear();
      return fed;
    },
    settled: () => new Promise((resolve) => heard.push(resolve)),
    hung: () => undead.size > 0 || (current !== undefined && isLate(current)),
    close: () => (closing ??= close()),
  };
}

function deadlinesOf({ period, softMs = 3000, firstMs = 15_000, hardMs = 30_000, killMs = 10_000 }: FeedOptions) {
  const soft = Math.max(softMs, 3 * period);
  return { softMs: soft, firstMs: Math.max(firstMs, soft), hardMs: Math.max(hardMs, 2 * soft), killMs };
}

/** Whether the promise resolves in time. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
