import { packages } from './programs.ts';
import type { Program } from './programs.ts';

const MARK = /\[needs (.*)\]$/;

/** Programs with their Debian packages, in words. */
export function inWords(programs: readonly Program[]): string {
  return programs.map((program) => `${program} (Debian package ${packages[program]})`).join(' and ');
}

/** The name of a group of tests that is skipped because something, in words, is missing. */
export function markLack(groupName: string, lack: string): string {
  return `${groupName} [needs ${lack}]`;
}

/** What a group of tests lacks, in words, told by its name; undefined where it lacks nothing. */
export function lackOf(groupName: string): string | undefined {
  return MARK.exec(groupName)?.[1];
}
