import { accessSync, constants, statSync } from 'node:fs';
import type { Host } from '../../../host.ts';

// A service's PATH is often shorter than a login's.
const USUAL = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin'];

/**
 * Where a program is, as a real path below the host's root: an absolute path is looked at there, a name in the folders of PATH, the
 * usual ones and `more`. Undefined where nothing there may be executed.
 */
export function findProgram(host: Host, program: string, more: readonly string[] = []): string | undefined {
  const places = program.startsWith('/') ? [program] : folders(more).map((folder) => `${folder}/${program}`);
  return places.map((place) => host.path(place)).find(isExecutable);
}

function folders(more: readonly string[]): readonly string[] {
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'));
  return [...new Set([...path, ...USUAL, ...more])];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    // Missing, forbidden, a folder's name that is a file's: each means that there is no such program.
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
