import { messageOf } from '../../agent/contract/errors.ts';
import { QueryError } from '../promql/query-error.ts';
import type { ErrorType } from '../promql/query-error.ts';

/** Statuses as Prometheus's API gives them (web/api/v1/api.go, getDefaultErrorCode); `unavailable` is 503 in every version that has it. */
export const STATUS: Readonly<Record<ErrorType, number>> = {
  bad_data: 400,
  execution: 422,
  canceled: 499,
  timeout: 503,
  unavailable: 503,
  internal: 500,
  not_found: 404,
};

/** The HTTP status of a failed question. */
export function statusOf(type: ErrorType): number {
  return STATUS[type];
}

/** The body of a failed question, in Prometheus's shape. */
export function failureText({ type, message }: { readonly type: ErrorType; readonly message: string }): string {
  return JSON.stringify({ status: 'error', errorType: type, error: message });
}

/** Whatever was thrown, as a question's failure: what nobody foresaw is `internal`, but for memory that was not to be had. */
export function failureOf(error: unknown): QueryError {
  if (error instanceof QueryError) return error;
  const isMemory = error instanceof RangeError && /allocation failed|array length|string length|call stack/i.test(error.message);
  return new QueryError(isMemory ? 'execution' : 'internal', messageOf(error), undefined, { cause: error });
}
