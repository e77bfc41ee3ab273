import { readFileSync } from 'node:fs';
import { ConfigError } from './contract/config.ts';
import { hasCode, messageOf } from './contract/errors.ts';

/**
 * The token in a file, read again at every call, so that a new one takes effect without a restart; the last one where the
 * file cannot be read for the moment.
 *
 * @throws ConfigError where the file cannot be read at the start or is empty.
 */
export function openToken(file: string | undefined): () => string | undefined {
  if (file === undefined) return () => undefined;
  let last = firstRead(file);
  return () => {
    try {
      last = readToken(file) || last;
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'EACCES', 'EIO', 'ESTALE', 'EMFILE')) throw error;
    }
    return last;
  };
}

function firstRead(file: string): string {
  let problem = 'is empty';
  try {
    const token = readToken(file);
    if (token !== '' && /^[\x21-\x7e]+$/.test(token)) return token;
    if (token !== '') problem = 'holds more than one word';
  } catch (error) {
    problem = `cannot be read: ${messageOf(error)}`;
  }
  throw new ConfigError('token', [
    { path: 'token_file', problem: `${file} ${problem}`, suggestion: 'put the token that the collector gave into it' },
  ]);
}

function readToken(file: string): string {
  return readFileSync(file, 'utf8').trim();
}
