import { readNumber, skipBlanks, skipWord } from '../../scan.ts';
import type { Cursor } from '../../scan.ts';

// USER_HZ: 100 on every Linux that Node runs on (proc_pid_stat(5)).
const TICKS = 100;
const CLOSING = 0x29;

/** What /proc/PID/stat, or that of a thread, says (proc_pid_stat(5)); seconds where it has ticks, children that were waited for included. */
export interface ProcessStat {
  parent: number;
  minorFaults: number;
  majorFaults: number;
  user: number;
  system: number;
  threads: number;
  /** Ticks after the boot: with the pid it names the process for good. */
  started: number;
  virtualBytes: number;
  residentPages: number;
  /** Seconds that the main thread waited for disks; of children nothing. NaN on an old kernel. */
  blockDelay: number;
}

const fields = new Float64Array(43);

/** Reads it into `into`; false where the text is none. */
export function parseProcessStat(c: Cursor, into: ProcessStat): boolean {
  // The name may have blanks, parentheses and line breaks; its own end is the last parenthesis.
  const close = c.end === 0 ? -1 : c.bytes.lastIndexOf(CLOSING, c.end - 1);
  if (close < 0) return false;
  c.at = close + 1;
  skipBlanks(c);
  skipWord(c);
  fields.fill(Number.NaN);
  for (let field = 4; field <= 42; field++) fields[field] = readNumber(c);
  const at = (field: number): number => fields[field] ?? Number.NaN;
  into.parent = at(4);
  into.minorFaults = at(10) + at(11);
  into.majorFaults = at(12) + at(13);
  into.user = (at(14) + at(16)) / TICKS;
  into.system = (at(15) + at(17)) / TICKS;
  into.threads = at(20);
  into.started = at(22);
  into.virtualBytes = at(23);
  into.residentPages = at(24);
  into.blockDelay = at(42) / TICKS;
  return !Number.isNaN(into.started);
}

/** A stat that knows nothing yet. */
export function emptyStat(): ProcessStat {
  return {
    parent: Number.NaN,
    minorFaults: Number.NaN,
    majorFaults: Number.NaN,
    user: Number.NaN,
    system: Number.NaN,
    threads: Number.NaN,
    started: Number.NaN,
    virtualBytes: Number.NaN,
    residentPages: Number.NaN,
    blockDelay: Number.NaN,
  };
}
