/** What statfs(2) answers, in its own units. */
export interface Space {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}

/** Asks a file system for its space; the promise may never settle. */
export type AskSpace = (path: string) => Promise<Space>;

// Each call that hangs holds a thread of the pool that every asynchronous file call of the process shares; libuv has four.
const HANGING_MAX = 2;

/**
 * Guards against mounts that hang: a call without an answer by the deadline makes the mount `stuck`, and it is not asked again until
 * that call ends. With two calls hanging nothing else is asked (`unasked`), so that the process keeps threads to work with.
 */
export function guardStuck(ask: AskSpace, deadlineMs: number): (path: string) => Promise<Space | 'failed' | 'stuck' | 'unasked'> {
  const hanging = new Set<string>();
  return async (path) => {
    if (hanging.has(path)) return 'stuck';
    if (hanging.size >= HANGING_MAX) return 'unasked';
    hanging.add(path);
    const answer = ask(path)
      .catch((): 'failed' => 'failed')
      .finally(() => hanging.delete(path));
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<'stuck'>((resolve) => (timer = setTimeout(resolve, deadlineMs, 'stuck')));
    const first = await Promise.race([answer, deadline]);
    clearTimeout(timer);
    return first;
  };
}
