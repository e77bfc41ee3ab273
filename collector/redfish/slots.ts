/** Lets at most `most` tasks run at once; the others wait in the order they came. */
export function taskSlots(most: number): <Value>(task: () => Promise<Value>) => Promise<Value> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => void waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      // A place that is given on stays taken.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
