import { hasCode, Unavailable } from '../../contract/errors.ts';
import type { Host } from '../../host.ts';
import type { Cursor } from '../../scan.ts';

/** A file of a cgroup or a process that is read again and again. */
export interface SourceFile {
  /** Reads it; false where what it belonged to has gone. Any other error of the kernel's is a gap. */
  read(): boolean;
  close(): void;
}

/** Opens a file and keeps it open, or undefined where it is missing or may not be read. Throws what is no fault of the file (EMFILE). */
export function openSource(host: Host, path: string, sizeHint: number, parse: (c: Cursor) => void): SourceFile | undefined {
  try {
    const file = host.open(path, sizeHint);
    return {
      read: () => reading(() => parse(file.read())),
      close: () => file.close(),
    };
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}

// A kept file of a removed cgroup answers ENODEV, one of a process that has ended ESRCH.
function reading(read: () => void): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return !hasCode(error, 'ENODEV', 'ENOENT', 'ESRCH');
    throw error;
  }
}
