import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from './checkout.ts';

/** Flag of Node for a process whose event loop is to be watched; it needs a channel for messages. */
export const WATCH = `--import=file://${join(root, 'dist/test/bench/load/watch-loop.js')}`;

/** The longest that a watched process's event loop was held since it was last asked, milliseconds. */
export async function holdOf(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message', { signal: AbortSignal.timeout(10_000) }) as Promise<[{ readonly hold: number }]>;
  child.send('hold');
  return (await answer)[0].hold;
}
