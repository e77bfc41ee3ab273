import type { DeviceReading } from '../../../samplers/gpu/reading.ts';

/** A program that tells of devices, and how its answer is read. */
export interface Tool {
  /** As readings name it. */
  readonly name: string;
  /** A name to look for on PATH, or an absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  /** Folders where its vendor puts it, beside those of PATH. */
  readonly folders?: readonly string[];
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly read: (output: string) => readonly DeviceReading[];
  /** Whose program of the same name an answer shows, where it is another's. */
  readonly otherOf?: (output: string) => string | undefined;
  /** How to have it. */
  readonly mend: string;
}

/** No tool is run more often. */
export const EVERY_MIN_MS = 5000;
