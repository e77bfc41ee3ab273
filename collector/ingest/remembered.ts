/** A bounded memory of the latest keys. */
export interface Remembered<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/**
 * Remembers at least the last `least` keys, at most twice as many: a full generation replaces the one before it, which
 * costs nothing per key, where dropping the oldest one by one would.
 */
export function remembered<Value>(least: number): Remembered<Value> {
  let current = new Map<string, Value>();
  let before = new Map<string, Value>();
  return {
    get: (key) => current.get(key) ?? before.get(key),
    set(key, value) {
      if (current.size >= least) {
        before = current;
        current = new Map();
      }
      current.set(key, value);
    },
    delete(key) {
      current.delete(key);
      before.delete(key);
    },
  };
}
