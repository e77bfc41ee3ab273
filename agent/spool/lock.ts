import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../contract/errors.ts';

/** Thrown where another live process has the directory; the message says which and what to do. */
export class SpoolInUse extends Error {
  override readonly name = 'SpoolInUse';
}

/**
 * Takes the directory for this process and answers how to give it back. A lock whose process has ended is taken over.
 *
 * @throws SpoolInUse where its process lives.
 */
export function lockDirectory(dir: string): () => void {
  const lock = join(dir, 'lock');
  const own = join(dir, `lock.${process.pid}`);
  const identity = `${process.pid} ${startOf(process.pid)}\n`;
  writeFileSync(own, identity);
  try {
    // A link comes to be whole or not at all, so no reader ever sees a lock without its owner.
    for (let attempt = 0; !linked(own, lock); attempt++) {
      const holder = readLock(lock);
      if (holder !== undefined && isAlive(holder)) throw inUse(dir, holder);
      if (attempt === 3) throw inUse(dir, holder ?? 'unknown');
      retire(lock, holder, `${own}.stale`);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => {
    if (readLock(lock) === identity) rmSync(lock, { force: true });
  };
}

function linked(own: string, lock: string): boolean {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function readLock(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'latin1');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

// Somebody else may have taken over in between: what is moved away is looked at, and put back if it is not what was judged.
function retire(lock: string, judged: string | undefined, aside: string): void {
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (readLock(aside) !== judged) linked(aside, lock);
  rmSync(aside, { force: true });
}

function isAlive(holder: string): boolean {
  const [pid, start] = holder.trim().split(' ');
  const id = Number(pid);
  if (!Number.isInteger(id) || id <= 0) return false;
  try {
    process.kill(id, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
    if (!hasCode(error, 'EPERM')) throw error;
  }
  // Numbers are given out again; the time of start tells the old owner from a newcomer.
  return start === undefined || startOf(id) === start;
}

// Fields 3 (state) and 22 (time of start) of /proc/PID/stat, counted after the command's closing bracket (proc_pid_stat(5));
// empty where there is no /proc. A zombie has ended: only its parent has not looked yet.
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : (fields[19] ?? '');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES')) return '';
    throw error;
  }
}

function inUse(dir: string, holder: string): SpoolInUse {
  const [pid] = holder.trim().split(' ');
  return new SpoolInUse(
    `the spool ${dir} belongs to the running process ${pid}; stop that one, or give this agent a directory with --spool`,
  );
}
