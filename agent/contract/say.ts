import { writeSync } from 'node:fs';
import { hasCode } from './errors.ts';

// Between two attempts at a pipe that is full. Sleeping, because a program that says something has nothing else to do.
const FULL_MS = 5;

/** Writes all of the text to standard output before it returns; quietly no more of it once the reader has gone (`| head`). */
export function say(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (hasCode(error, 'EPIPE')) return;
      if (!hasCode(error, 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_MS);
    }
  }
}

/**
 * Writes lines to standard error, never throws for a reader that has gone or is too slow, and says with the next line that it can
 * write how many were lost. Through the descriptor: process.stderr would bring stream and socket code into an agent that logs a line a
 * day, and end a collector whose log nobody reads any more.
 */
export function standardError(program: string): (lines: string) => void {
  let lost = 0;
  return (lines) => {
    try {
      writeSync(2, lost === 0 ? lines : `${program}: ${lost} lines could not be written\n${lines}`);
      lost = 0;
    } catch (error) {
      if (!hasCode(error, 'EAGAIN', 'EPIPE', 'EIO', 'ENOSPC', 'EBADF')) throw error;
      lost++;
    }
  };
}
