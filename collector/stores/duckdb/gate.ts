/** Lets many read at once, or one change what they read. */
export interface Gate {
  /** Runs once no change is under way or waiting. */
  read<Result>(run: () => Promise<Result>): Promise<Result>;
  /** Runs alone: once those that read have ended; who comes behind it waits. Not to be asked for inside `read`. */
  change<Result>(run: () => Promise<Result>): Promise<Result>;
}

/** An open gate. */
export function gate(): Gate {
  const readers = new Set<Promise<unknown>>();
  let changes: Promise<unknown> = Promise.resolve();
  let changing = 0;
  return {
    async read(run) {
      while (changing > 0) await changes;
      const reading = run();
      readers.add(reading);
      try {
        return await reading;
      } finally {
        readers.delete(reading);
      }
    },
    async change(run) {
      changing++;
      const before = changes;
      const change = before.then(async () => {
        await Promise.allSettled(readers);
        try {
          return await run();
        } finally {
          changing--;
        }
      });
      // Whoever waits for it only wants it to be over; its error is the caller's.
      changes = change.catch(() => undefined);
      return change;
    },
  };
}
