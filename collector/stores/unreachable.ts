const LOOK = 'see that it runs and can be reached';

/** What system calls say of a server that does not answer (errno(3), getaddrinfo(3)), in words, and what to do. */
const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ECONNREFUSED: ['connection refused', 'start it'],
  ECONNRESET: ['connection cut', LOOK],
  EPIPE: ['connection cut', LOOK],
  ETIMEDOUT: ['no answer in time', LOOK],
  EHOSTUNREACH: ['no way to this host', LOOK],
  ENETUNREACH: ['no way to this network', LOOK],
  ENOTFOUND: ['no such host', 'mend its url'],
  EAI_AGAIN: ['its name cannot be looked up now', 'see that DNS answers'],
};

/** Why a server could not be reached and what to do, `connection refused (ECONNREFUSED); start it`; undefined where it is something else. */
export function unreachable(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
    const found = REASONS[code];
    if (found !== undefined) return `${found[0]} (${code}); ${found[1]}`;
  }
  return undefined;
}
