import type { Clock } from '../clock.ts';

/** Thrown where something did not come to an end in time. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

/** Waits no longer than the deadline. Throws {@link TooLate} after it; what was waited for goes on by itself. */
export async function within<Value>(clock: Clock, ms: number, work: Promise<Value>): Promise<Value> {
  let cancel: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(ms, () => reject(new TooLate(`no answer within ${ms / 1000} s`)));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel?.();
  }
}
