import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '../contract/errors.ts';

const SYSTEM_DIR = '/var/lib/vigie-agent';

/** Where the spool lives if nobody says: the system's place where it may be written, else the user's. */
export function defaultSpoolDir(
  instance: string,
  env: Readonly<Record<string, string | undefined>>,
  canWrite: (dir: string) => boolean = isWritable,
): string {
  if (canWrite(SYSTEM_DIR)) return SYSTEM_DIR;
  const state = env['XDG_STATE_HOME'];
  const base = state !== undefined && state !== '' ? state : join(homedir(), '.local', 'state');
  return join(base, 'vigie-agent', instance.replaceAll(/[^A-Za-z0-9._-]/g, '_'));
}

function isWritable(dir: string): boolean {
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.W_OK);
    return true;
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT', 'ENOSPC')) return false;
    throw error;
  }
}
