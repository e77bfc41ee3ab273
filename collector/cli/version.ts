import { readFileSync } from 'node:fs';
import { say } from '../../agent/contract/say.ts';
import type { Command } from './commands.ts';

/** The version in package.json, found above this file in the sources as in what was built of them. */
export const VERSION = versionAbove(new URL('.', import.meta.url));

function versionAbove(folder: URL): string {
  for (let at = folder; ; at = new URL('..', at)) {
    const manifest = readManifest(new URL('package.json', at));
    if (manifest !== undefined) return manifest;
    if (at.pathname === '/') return 'unknown';
  }
}

function readManifest(file: URL): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
    return name === 'vigie' ? version : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** Prints `vigie` and the version, on one line. */
export const version: Command = {
  usage: 'version',
  summary: 'Prints the version.',
  run() {
    say(`vigie ${VERSION}\n`);
    return Promise.resolve(0);
  },
};
