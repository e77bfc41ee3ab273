import { lineColumn } from '../evaluate/line-column.ts';
import type { Position } from '../position.ts';
import { QueryError } from '../query-error.ts';

/** A QueryError that says what is wrong with a question's text, and where, as Prometheus does: `1:6: parse error: …`. */
export function fault(text: string, at: Position, message: string, cause?: unknown): QueryError {
  const where = text === '' ? 'unknown position' : lineColumn(text, at.from);
  return new QueryError('bad_data', `${where}: parse error: ${message}`, at, { cause });
}
