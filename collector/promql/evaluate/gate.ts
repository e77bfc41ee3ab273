/** Runs work as soon as fewer than a number of others run. */
export type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** A gate that lets so many through at once, the others in the order they came. */
export function createGate(atOnce: number): Gate {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((enter) => waiting.push(enter));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
