import type { Environ } from './environ.ts';
import type { PathName } from './layout.ts';
import type { Users } from './users.ts';

/** What a job is called, in its labels. */
export interface JobName {
  readonly id: string;
  readonly user: string;
}

/** What the processes of a job tell of its name. */
export interface Witness {
  readonly pids: readonly number[];
  /** Undefined where there is no process yet. */
  readonly uid: number | undefined;
}

// The tasks of a job come after its directory, and those of the scheduler, who is root, before them.
const WAIT_MS = 10_000;
const ASKED = 8;
// Labels are the job's for good: what no scheduler writes may not become one.
const SANE_ID = /^[\w.+[\]-]{1,128}$/;

/**
 * The name of a job, where path or processes tell it; undefined as long as it is worth waiting for them. After that, the user of a
 * job of root's processes is root, and an id that nobody tells is what the path has.
 */
export function nameJob(path: PathName, witness: Witness, ageMs: number, users: Users, environ: Environ): JobName | undefined {
  const late = ageMs >= WAIT_MS;
  const told = path.idVariable === undefined ? path.id : idOf(witness.pids, path.idVariable, environ);
  const id = told ?? (late ? path.id : undefined);
  const user = userOf(path, witness, late, users);
  return id === undefined || user === undefined ? undefined : { id, user };
}

function idOf(pids: readonly number[], variable: string, environ: Environ): string | undefined {
  for (const pid of pids.slice(0, ASKED)) {
    const value = environ.of(pid)?.get(variable);
    if (value !== undefined && SANE_ID.test(value)) return value;
  }
  return undefined;
}

function userOf(path: PathName, { uid }: Witness, late: boolean, users: Users): string | undefined {
  if (path.nobody === true) return '';
  if (path.user !== undefined) return path.user;
  if (path.uid !== undefined) return users.name(path.uid);
  if (uid !== undefined && (uid > 0 || late)) return users.name(String(uid));
  return late ? '' : undefined;
}
