import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '../contract/errors.ts';

/** The descriptor under which a feed's child has the file for its calls. */
export const CALL_FD = 3;
// A name is cut to this: all that is written is as long, so that no end of an earlier name is left behind.
const CALL_BYTES = 64;
const REMEMBERED = 1000;

/** Where a child notes the call into a driver that it makes, outside itself, so that it can be read when the child hangs or has died. */
export interface CallFile {
  readonly fd: number;
  /** The call that was noted last; empty where the child is in none, or nothing could be noted. */
  read(): string;
  /** Safe to call twice. */
  close(): void;
}

/** Opens a file without a name, in memory where the machine has such a folder; where no file can be made, notes go nowhere. */
export function openCallFile(folders: readonly string[] = ['/dev/shm', tmpdir()]): CallFile {
  let fd = openUnnamed(folders);
  const bytes = Buffer.alloc(CALL_BYTES);
  return {
    get fd() {
      return fd;
    },
    read: () => (fd < 0 ? '' : bytes.toString('utf8', 0, readSync(fd, bytes, 0, CALL_BYTES, 0)).trim()),
    close() {
      if (fd >= 0) closeSync(fd);
      fd = -1;
    },
  };
}

function openUnnamed(folders: readonly string[]): number {
  for (const folder of folders) {
    const path = join(folder, `vigie-call-${randomUUID()}`);
    try {
      const fd = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
      return fd;
    } catch (error) {
      // A folder that is not there, may not be written or is full: the next one, or none, for a name is a comfort and no need.
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }
  return openSync('/dev/null', 'r+');
}

/** The child's side: answers what notes a call, in about a microsecond; an empty name says that it is in none. */
export function noteCalls(fd = CALL_FD): (call: string) => void {
  const notes = new Map<string, Buffer>();
  let usable = isFile(fd);
  return (call) => {
    if (!usable) return;
    let note = notes.get(call);
    if (note === undefined) {
      // Calls are the names of functions and devices; whoever makes up new ones for ever must not fill the memory.
      if (notes.size >= REMEMBERED) notes.clear();
      note = Buffer.alloc(CALL_BYTES, ' ');
      note.write(call);
      notes.set(call, note);
    }
    try {
      writeSync(fd, note, 0, CALL_BYTES, 0);
    } catch (error) {
      if (!hasCode(error, 'ENOSPC', 'EIO', 'EDQUOT')) throw error;
      usable = false;
    }
  };
}

// Started by hand, the process may have anything else there, or nothing.
function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch (error) {
    if (hasCode(error, 'EBADF')) return false;
    throw error;
  }
}
