/** A command that was called wrongly; its message says how it is called. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
