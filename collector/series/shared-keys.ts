import { EQUALS } from '../../agent/contract/ascii.ts';

/** Field keys with their equals sign, each kept once however many series carry it. */
export interface SharedKeys {
  /** The key with an equals sign behind it. */
  withEquals(key: Buffer): DataView;
}

/** One who sends ever new names must not keep them here: the keys are shared for their memory alone. */
const MOST_KEPT = 100_000;

/** No keys yet. */
export function sharedKeys(): SharedKeys {
  const keys = new Map<string, DataView>();
  return {
    withEquals(key) {
      const text = key.toString('latin1');
      const known = keys.get(text);
      if (known !== undefined) return known;
      const bytes = new Uint8Array(key.length + 1);
      bytes.set(key);
      bytes[key.length] = EQUALS;
      if (keys.size >= MOST_KEPT) keys.clear();
      const view = new DataView(bytes.buffer);
      keys.set(text, view);
      return view;
    },
  };
}
