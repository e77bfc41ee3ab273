import type { Position } from './position.ts';

/** Prometheus's names for what may go wrong with a question (`errorType` of its HTTP API). */
export type ErrorType = 'bad_data' | 'execution' | 'timeout' | 'canceled' | 'unavailable' | 'internal' | 'not_found';

/** A question that gets no answer: the text is wrong, it asks for too much, or it cannot be evaluated. The message is for whoever asked. */
export class QueryError extends Error {
  readonly type: ErrorType;
  readonly at: Position | undefined;
  constructor(type: ErrorType, message: string, at?: Position, options?: ErrorOptions) {
    super(message, options);
    this.name = 'QueryError';
    this.type = type;
    this.at = at;
  }
}
