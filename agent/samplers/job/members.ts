import type { ProcessReading } from './process-reading.ts';

/** How many more processes and threads, of all jobs together, may be read; each has four files open. */
export interface ReadingsLeft {
  left: number;
}

/** Processes, or threads, that are read as long as they are there. */
export interface Members<Key> {
  /** Reads who is there, begins with who is new; answers who has gone, and whether some are not read for want of room. */
  read(present: readonly Key[]): { readonly gone: readonly ProcessReading[]; readonly cut: boolean };
  of(key: Key): ProcessReading | undefined;
  all(): readonly ProcessReading[];
  close(): void;
}

/** Nobody yet. */
export function openMembers<Key>(open: (key: Key) => ProcessReading | undefined, room: ReadingsLeft): Members<Key> {
  const members = new Map<Key, ProcessReading>();
  const drop = (key: Key, reading: ProcessReading): void => {
    members.delete(key);
    room.left++;
    reading.close();
  };
  return {
    read(present) {
      const wanted = new Set(present);
      const gone: ProcessReading[] = [];
      for (const [key, reading] of members) {
        if (wanted.has(key) && reading.read()) continue;
        drop(key, reading);
        gone.push(reading);
      }
      let cut = false;
      for (const key of wanted) {
        if (members.has(key)) continue;
        if (room.left <= 0) {
          cut = true;
          break;
        }
        const reading = open(key);
        if (reading === undefined) continue;
        members.set(key, reading);
        room.left--;
      }
      return { gone, cut };
    },
    of: (key) => members.get(key),
    all: () => [...members.values()],
    close() {
      for (const [key, reading] of members) drop(key, reading);
    },
  };
}
