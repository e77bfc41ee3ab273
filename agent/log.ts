import { standardError } from './contract/say.ts';

/** Where the agent says what a person should know; one line a change, none in the steady state. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** A log of lines on standard error, or wherever `write` puts them. */
export function openLog(write: (line: string) => void = standardError('vigie-agent')): Log {
  const line = (level: string, message: string): void => write(`vigie-agent: ${level}${message}\n`);
  return {
    info: (message) => line('', message),
    warn: (message) => line('warning: ', message),
    error: (message) => line('error: ', message),
  };
}
