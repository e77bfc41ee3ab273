import { readFile } from 'node:fs/promises';
import type { Host } from '../../host.ts';

/** Variables by name. */
export type Variables = ReadonlyMap<string, string>;

/** What schedulers tell the processes of a job in their environment. */
export interface Environ {
  /** What the environment of a process says of its job; undefined as long as it is not known, or where it may not be read. */
  of(pid: number): Variables | undefined;
  /** How many environments have been read: a change is worth asking again. */
  readonly read: number;
  /** Resolves once everything asked for has been read. */
  settled(): Promise<void>;
}

const TOLD = /^(SLURM_\w+|CUDA_VISIBLE_DEVICES|NVIDIA_VISIBLE_DEVICES|PBS_JOBID)=/;
const REMEMBERED = 1024;
const MOST_WAITING = 256;
/** A process may be looked at before it becomes what it is started for: one that says nothing is read again. */
const SILENT_FOR_MS = 5000;

interface Answer {
  readonly variables: Variables | undefined;
  readonly goodUntil: number;
}

/**
 * Reads environments beside the event loop: the kernel takes the lock of the process' memory for it, which one stuck in its driver holds.
 * One at a time, so that a reading that never ends costs one thread of the pool and no other's.
 */
export function openEnviron(host: Host): Environ {
  const answers = new Map<number, Answer>();
  const waiting = new Set<number>();
  let reading: Promise<void> | undefined;
  let read = 0;

  const readAll = async (): Promise<void> => {
    for (const pid of waiting) {
      const variables = await variablesOf(host, pid);
      if (answers.size >= REMEMBERED) answers.clear();
      const silent = variables === undefined || variables.size === 0;
      answers.set(pid, { variables, goodUntil: silent ? host.now() + SILENT_FOR_MS : Number.POSITIVE_INFINITY });
      waiting.delete(pid);
      read++;
    }
    reading = undefined;
  };

  return {
    of(pid) {
      const answer = answers.get(pid);
      if ((answer === undefined || host.now() >= answer.goodUntil) && waiting.size < MOST_WAITING) {
        waiting.add(pid);
        reading ??= readAll();
      }
      return answer?.variables;
    },
    get read() {
      return read;
    },
    async settled() {
      await reading;
    },
  };
}

async function variablesOf(host: Host, pid: number): Promise<Variables | undefined> {
  try {
    const text = await readFile(host.path(`/proc/${pid}/environ`), 'latin1');
    const pairs = text.split('\0').filter((pair) => TOLD.test(pair));
    return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
  } catch (error) {
    // It has ended, or may not be read: nothing is known of it.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
