import type { SealedName } from './sealed-day.ts';

/** The series of names of sealed days that were asked for of late; a day never changes but by being sealed again. */
export interface KnownNames {
  get(day: string, name: string): readonly SealedName[] | undefined;
  set(day: string, name: string, series: readonly SealedName[]): void;
  /** Forgets a day. */
  forget(day: string): void;
}

/** What a series costs besides its label text, and an entry. */
const SERIES_BYTES = 120;
const ENTRY_BYTES = 200;

/** Keeps at most so many bytes, those that were asked for last. */
export function knownNames(mostBytes: number): KnownNames {
  const entries = new Map<string, { readonly series: readonly SealedName[]; readonly bytes: number }>();
  let bytes = 0;
  const remove = (key: string): void => {
    bytes -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  return {
    get(day, name) {
      const key = `${day} ${name}`;
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.series;
    },
    set(day, name, series) {
      const key = `${day} ${name}`;
      remove(key);
      const size = series.reduce((sum, { labelText }) => sum + SERIES_BYTES + labelText.length, ENTRY_BYTES);
      if (size > mostBytes / 4) return;
      entries.set(key, { series, bytes: size });
      bytes += size;
      for (const oldest of entries.keys()) {
        if (bytes <= mostBytes) break;
        remove(oldest);
      }
    },
    forget(day) {
      for (const key of entries.keys()) if (key.startsWith(`${day} `)) remove(key);
    },
  };
}
