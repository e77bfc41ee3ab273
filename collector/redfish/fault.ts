import { hasCode } from '../../agent/contract/errors.ts';

/** Why a BMC was not read; the `reason` of the collector's own metric. */
export type FaultReason = 'unreachable' | 'timeout' | 'tls' | 'auth' | 'redirect' | 'missing' | 'status' | 'json' | 'nothing' | 'store';

/** A BMC was not read, for this reason; the message says what would mend it where that is known. */
export class RedfishFault extends Error {
  override readonly name = 'RedfishFault';
  readonly reason: FaultReason;
  constructor(reason: FaultReason, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.reason = reason;
  }
}

// Codes of OpenSSL's verification as Node.js gives them (doc/api/tls.md, X509 certificate error codes).
const TLS = /^(?:ERR_TLS|ERR_SSL|CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/** The fault of a connection that failed below HTTP. */
export function connectionFault(error: unknown): RedfishFault {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (hasCode(cause, 'ETIMEDOUT', 'ABORT_ERR')) return new RedfishFault('timeout', message);
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && TLS.test(cause.code)) {
    return new RedfishFault(
      'tls',
      `${message} (name the certificate's issuer with ca_file and its name with server_name, or take any: insecure: true)`,
    );
  }
  return new RedfishFault('unreachable', message);
}
