import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { hasCode, Unavailable } from './contract/errors.ts';
import { cursor } from './scan.ts';
import type { Cursor } from './scan.ts';

/** A file of /proc or /sys kept open and read again from its start, without allocation. */
export interface KeptFile {
  /** Reads the whole file anew; the cursor stands at its start and is the same object each time, overwritten by the next read. Throws what the kernel says (ENODEV after unplugging). */
  read(): Cursor;
  close(): void;
}

/** The only door to the machine: /proc, /sys and the clock come in here, so that a recorded machine can stand in. */
export interface Host {
  /** Where `/` is; not `/` for a recorded machine or a container's view of its host. */
  readonly root: string;
  /** The real path of a path on the machine. */
  path(path: string): string;
  /** Opens a file to be read every round. Throws `Unavailable` where it is missing or may not be read. */
  open(path: string, sizeHint?: number): KeptFile;
  /** The trimmed text of a small file, or undefined where it is missing, unreadable or answers with an error. */
  text(path: string): string | undefined;
  /** The sorted names in a directory; empty where it is missing or unreadable. */
  list(path: string): readonly string[];
  /** Where a link points, or undefined where it is none. */
  link(path: string): string | undefined;
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
}

/** The machine below `root`. */
export function openHost(root = '/', now: () => number = Date.now): Host {
  const prefix = root.replace(/\/+$/, '');
  const at = (path: string): string => prefix + path;
  return {
    root: prefix === '' ? '/' : prefix,
    path: at,
    now,
    open: (path, sizeHint = 4096) => openKept(at(path), sizeHint),
    text: (path) => tolerant(() => wholeText(at(path)).trim()),
    list: (path) => tolerant(() => readdirSync(at(path)).sort()) ?? [],
    link: (path) => tolerant(() => readlinkSync(at(path))),
  };
}

function openKept(path: string, sizeHint: number): KeptFile {
  let fd = openRegular(path);
  let bytes = Buffer.allocUnsafeSlow(sizeHint);
  const text = cursor(bytes, 0);
  return {
    read() {
      text.at = 0;
      text.end = 0;
      for (;;) {
        const got = readSync(fd, bytes, text.end, bytes.length - text.end, text.end);
        text.end += got;
        // Some /proc files answer a page a read, so only an empty read is the end; a full buffer may hide more.
        if (got === 0) return text;
        if (text.end === bytes.length) {
          bytes = Buffer.concat([bytes, Buffer.allocUnsafeSlow(bytes.length)]);
          text.bytes = bytes;
        }
      }
    },
    close() {
      if (fd >= 0) closeSync(fd);
      fd = -1;
    },
  };
}

function wholeText(path: string): string {
  const fd = openRegular(path);
  try {
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

// Everything in /proc and /sys is a regular file. What is none in a tree that stands in for them could keep the agent waiting for
// ever: a fifo already at its opening, unless it is opened not to wait.
function openRegular(path: string): number {
  const fd = openOrUnavailable(path);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new Unavailable(`${path} is no regular file`);
}

function openOrUnavailable(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EPERM', 'ENODEV', 'ENXIO', 'ENOTDIR', 'EOPNOTSUPP')) {
      throw new Unavailable(`cannot read ${path}`, { cause: error });
    }
    throw error;
  }
}

// A file of /sys may be missing, forbidden, or answer a read with any error its driver likes (EIO, ENODATA, EINVAL):
// each of them means "this node does not have that value".
function tolerant<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unavailable || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}
