import type { Expression, Matcher } from './ast.ts';
import { matcherTest } from './match-labels.ts';
import { build } from './parse/build.ts';
import { check } from './parse/check.ts';
import { fault } from './parse/fault.ts';
import { DEEPEST, LONGEST_TEXT } from './parse/limits.ts';
import { scan } from './parse/scan.ts';
import { faultAt, type Source } from './parse/source.ts';
import { standIn } from './parse/stand-in.ts';
import { syntaxOf } from './parse/syntax.ts';
import { unexpected } from './parse/unexpected.ts';
import { QueryError } from './query-error.ts';
import { depthOf } from './tree.ts';

/** What a question may say beside what Prometheus takes without flags. */
export interface ParseOptions {
  /** Functions that Prometheus has behind a feature flag, as its test scripts ask. */
  readonly experimental?: boolean;
}

/**
 * Reads a question. Throws a QueryError of type `bad_data` where the text is not PromQL as Prometheus 3 has it, with Prometheus's words
 * and the place: `1:6: parse error: …`; also where it is too long or nested too deeply.
 */
export function parse(text: string, { experimental = false }: ParseOptions = {}): Expression {
  const source: Source = { text, experimental, written: new Map() };
  const expression = read(source);
  check(source, expression);
  return expression;
}

/** Reads what selects series, as `match[]` has it; throws a QueryError as `parse` does, and where it would take every series. */
export function parseMatchers(text: string): readonly Matcher[] {
  const source: Source = { text, experimental: false, written: new Map() };
  const expression = read(source);
  if (expression.kind !== 'selector' || expression.range !== undefined || expression.offset !== 0 || expression.fixed !== undefined) {
    throw faultAt(source, expression.at, 'expected a series selector without a range, offset or @');
  }
  if (expression.matchers.every((matcher) => matcherTest(matcher)(''))) {
    throw new QueryError('bad_data', 'match[] must contain at least one non-empty matcher', expression.at);
  }
  return expression.matchers;
}

/** Of a text what the grammar says, before types are looked at. */
function read(source: Source): Expression {
  const { text } = source;
  const whole = { from: 0, to: text.length };
  // So long a text is not even looked at.
  if (text.length > LONGEST_TEXT) throw fault('', whole, `expression is too long: ${text.length} characters, at most ${LONGEST_TEXT}`);
  const { tokens, wrong } = scan(text);
  if (tokens.length === 0 && wrong === undefined) throw faultAt(source, { from: 0, to: 0 }, 'no expression found in input');
  const syntax = syntaxOf(standIn(tokens));
  const tooDeep = `expression is nested deeper than ${DEEPEST} levels`;
  if (syntax === undefined) throw faultAt(source, whole, tooDeep);
  if (typeof syntax === 'number') {
    const index = tokens.findIndex(({ to }) => to > syntax);
    if (index >= 0 || wrong === undefined) {
      const { at, message } = unexpected(tokens, index < 0 ? tokens.length : index, text.length);
      throw faultAt(source, at, message);
    }
  }
  if (wrong !== undefined) throw faultAt(source, wrong.at, wrong.message);
  const expression = build(source, syntax as Exclude<typeof syntax, number>);
  if (depthOf(expression) > DEEPEST) throw faultAt(source, expression.at, tooDeep);
  return expression;
}
