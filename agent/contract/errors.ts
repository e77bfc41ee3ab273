/** Not here: this node does not have it (no such file, no permission, no device). Parked and looked for again, slowly; no fault. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** Later: the same may work next time. Tried again after a pause; nothing is given up. */
export class Transient extends Error {
  override readonly name = 'Transient';
  /** The pause the other side asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  constructor(message: string, options: ErrorOptions & { retryAfterMs?: number | undefined } = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Never: the same input fails always. It is dropped and counted. */
export class Permanent extends Error {
  override readonly name = 'Permanent';
}

/** Whether a system call failed with one of these codes (`ENOENT`, `EACCES`, …). */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

/** The text of whatever was thrown, with its causes. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}
