import { quoted } from '../../agent/contract/quoted.ts';
import type { Expression, Matcher } from '../promql/ast.ts';
import { parse } from '../promql/parse.ts';
import { QueryError } from '../promql/query-error.ts';
import { refuse } from './parameters.ts';

/** Reads the parameter `query`. Throws QueryError `bad_data` with Prometheus's words, the place in the text among them. */
export function readExpression(text: string): Expression {
  return read(text, 'query');
}

/** Reads a parameter `match[]`: a selector of series. Throws as {@link readExpression} does. */
export function readMatchers(text: string): readonly Matcher[] {
  const found = read(text, 'match[]');
  if (found.kind === 'selector' && found.range === undefined && found.offset === 0 && found.fixed === undefined) return found.matchers;
  return refuse('match[]', `${quoted(text)} is not a selector of series; write it like up{job="x"}`);
}

function read(text: string, parameter: string): Expression {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof QueryError && error.type === 'bad_data') refuse(parameter, error.message);
    throw error;
  }
}
