import { messageOf, Transient, Unavailable } from '../../contract/errors.ts';
import type { GpuReading } from '../../samplers/gpu/reading.ts';
import type { FeedLine } from '../feed.ts';
import { openPauses } from '../pauses.ts';
import { DriverReplaced } from './nvml/codes.ts';
import type { GpuSource, GpuSourceContext } from './source.ts';

/** Sources that read the same cards, the best first: one of them is used. */
export interface SourceGroup {
  readonly name: string;
  /** Milliseconds between two readings, unless the source is slower. */
  readonly period: number;
  readonly sources: readonly NamedSource[];
}

/** A source before it is opened; throws `Unavailable` at opening where the node does not have it. */
export interface NamedSource {
  readonly name: string;
  /** Milliseconds between two readings that it needs at least; none, where this is absent. */
  readonly slowest?: number;
  open(context: GpuSourceContext): GpuSource | Promise<GpuSource>;
}

/** A group at work. */
export interface OpenGroup {
  /** Milliseconds between two readings at present. */
  readonly period: number;
  /** Opens the best source there is, if none is open. Says what fails, and throws nothing. */
  open(): Promise<void>;
  /** Takes one reading and says it, or why there is none. Throws `DriverReplaced` where only a new process can go on. */
  take(): Promise<void>;
  /** Why the node has none of its sources; undefined where it has one, or where one fails. */
  readonly missing: string | undefined;
  close(): Promise<void>;
}

const FAILURES_BEFORE_REOPENING = 5;
const LOOK_AGAIN_MS = 300_000;
const PAUSE_MAX_MS = 600_000;
/** A source that starts a program has its own deadline; this one is for a source that forgot it. */
const READ_DEADLINE_MS = 60_000;

/** Looks after a group: takes the first of its sources that opens, and opens one anew when that fails for long. */
export function openGroup(
  { name, period, sources }: SourceGroup,
  context: Omit<GpuSourceContext, 'period'>,
  say: (line: FeedLine<GpuReading>) => void,
): OpenGroup {
  const pauses = openPauses(PAUSE_MAX_MS, () => performance.now());
  let source: GpuSource | undefined;
  let used = name;
  let every = period;
  let note: string | undefined;
  let missing: string | undefined;
  let failing: string | undefined;
  let lookAgainAt = 0;
  let failures = 0;
  let reopened = 0;

  const open = async (): Promise<void> => {
    if (source !== undefined || pauses.left(name) > 0 || (missing !== undefined && performance.now() < lookAgainAt)) return;
    const reasons: string[] = [];
    let gone = true;
    for (const candidate of sources) {
      try {
        const pace = Math.max(period, candidate.slowest ?? 0);
        source = await candidate.open({ ...context, period: pace });
        every = pace;
        used = candidate.name;
        note = reasons.length === 0 ? undefined : reasons.join('; ');
        failures = 0;
        missing = failing = undefined;
        return;
      } catch (error) {
        gone &&= error instanceof Unavailable;
        reasons.push(`${candidate.name}: ${messageOf(error)}`);
      } finally {
        context.calling('');
      }
    }
    missing = gone ? reasons.join('; ') : undefined;
    failing = gone ? undefined : reasons.join('; ');
    lookAgainAt = performance.now() + LOOK_AGAIN_MS;
    if (!gone) pauses.lengthen(name);
  };

  const letGo = async (): Promise<void> => {
    const leaving = source;
    source = undefined;
    try {
      await leaving?.close();
    } catch (error) {
      say({ source: used, failed: `did not close: ${messageOf(error)}` });
    }
  };

  const failed = async (error: unknown): Promise<void> => {
    failures++;
    say({ source: used, failed: messageOf(error) });
    if (error instanceof DriverReplaced) throw error;
    if (!(error instanceof Unavailable) && failures < FAILURES_BEFORE_REOPENING) return;
    failing = messageOf(error);
    // At once the first time: the next source may do better.
    if (reopened++ > 0) pauses.lengthen(name);
    await letGo();
  };

  return {
    get period() {
      return every;
    },
    open,
    async take() {
      await open();
      const reader = source;
      if (reader === undefined) {
        if (failing !== undefined) say({ source: name, failed: failing });
        return;
      }
      try {
        const reading = await inTime(reader.read(Date.now()));
        const remarks = [note, reading.note].filter((remark) => remark !== undefined).join('; ');
        say({ reading: { ...reading, every, ...(remarks === '' ? {} : { note: remarks }) } });
        if (failures > 0 || reopened > 0) pauses.clear(name);
        failures = reopened = 0;
      } catch (error) {
        if (!context.signal.aborted) await failed(error);
      } finally {
        context.calling('');
      }
    },
    get missing() {
      return missing;
    },
    close: letGo,
  };
}

async function inTime(reading: GpuReading | Promise<GpuReading>): Promise<GpuReading> {
  if (!(reading instanceof Promise)) return reading;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Transient(`no reading within ${READ_DEADLINE_MS / 1000} s`)), READ_DEADLINE_MS);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}
