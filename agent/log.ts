import { writeSync } from 'node:fs';
import { hasCode } from './contract/errors.ts';

/** Where the agent says what a person should know; one line a change, none in the steady state. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** A log of lines on standard error, or wherever `write` puts them. */
export function openLog(write: (line: string) => void = standardError()): Log {
  const line = (level: string, message: string): void => write(`vigie-agent: ${level}${message}\n`);
  return {
    info: (message) => line('', message),
    warn: (message) => line('warning: ', message),
    error: (message) => line('error: ', message),
  };
}

// Written through the descriptor: process.stderr would bring stream and socket code into a process that logs a line a day.
function standardError(): (line: string) => void {
  let lost = 0;
  return (line) => {
    try {
      writeSync(2, lost === 0 ? line : `vigie-agent: ${lost} lines could not be written\n${line}`);
      lost = 0;
    } catch (error) {
      if (!hasCode(error, 'EAGAIN', 'EPIPE', 'EIO', 'ENOSPC', 'EBADF')) throw error;
      lost++;
    }
  };
}
