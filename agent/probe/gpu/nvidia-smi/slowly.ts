import { messageOf } from '../../../contract/errors.ts';

/** What is asked seldom, in the background, while readings go on. */
export interface Slowly<Value> {
  /** What was found since the last call, once; undefined while nothing new is there. Asks anew when it is due. Never waits. */
  take(now: number): Value | undefined;
  /** Why the last question failed; undefined where it did not. */
  trouble(): string | undefined;
}

/** Asks with `find` every `everyMs`, one question at a time. */
export function openSlowly<Value>(everyMs: number, find: () => Promise<Value>): Slowly<Value> {
  let found: Value | undefined;
  let trouble: string | undefined;
  let asking = false;
  let askedAt = Number.NEGATIVE_INFINITY;

  const ask = async (): Promise<void> => {
    try {
      found = await find();
      trouble = undefined;
    } catch (error) {
      trouble = messageOf(error);
    } finally {
      asking = false;
    }
  };
  return {
    take(now) {
      // A clock set back must not put the next question off for as long.
      if (!asking && Math.abs(now - askedAt) >= everyMs) {
        asking = true;
        askedAt = now;
        void ask();
      }
      const value = found;
      found = undefined;
      return value;
    },
    trouble: () => trouble,
  };
}
