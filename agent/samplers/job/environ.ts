import { readFile } from 'node:fs/promises';
import type { Host } from '../../host.ts';

/** Variables in the environment of processes, which a busy process may keep the reader waiting for. */
export interface Environ {
  /** The variable of a process; undefined as long as it is not known, or where it may not be read. Asked again, it may be known. */
  of(pid: number, variable: string): string | undefined;
}

const REMEMBERED = 64;

/**
 * Reads environments beside the event loop: the kernel takes the lock of the process' memory for it, which one stuck in its driver holds.
 * One at a time, so that a reading that never ends costs one thread of the pool and no other's.
 */
export function openEnviron(host: Host): Environ {
  const answers = new Map<string, string | undefined>();
  let reading = false;

  const read = async (pid: number, variable: string): Promise<void> => {
    reading = true;
    let text = '';
    try {
      text = await readFile(host.path(`/proc/${pid}/environ`), 'latin1');
    } catch (error) {
      // It has ended, or may not be read: nothing is known of it.
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
    reading = false;
    if (answers.size >= REMEMBERED) answers.clear();
    const pair = text.split('\0').find((candidate) => candidate.startsWith(`${variable}=`));
    answers.set(`${pid} ${variable}`, pair?.slice(variable.length + 1));
  };

  return {
    of(pid, variable) {
      const key = `${pid} ${variable}`;
      if (!answers.has(key) && !reading) void read(pid, variable);
      return answers.get(key);
    },
  };
}
