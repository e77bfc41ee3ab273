import type { Expression } from './ast.ts';
import { build } from './parse/build.ts';
import { check } from './parse/check.ts';
import { fault } from './parse/fault.ts';
import { DEEPEST, LONGEST_TEXT } from './parse/limits.ts';
import { scan } from './parse/scan.ts';
import { faultAt, type Source } from './parse/source.ts';
import { standIn } from './parse/stand-in.ts';
import { syntaxOf } from './parse/syntax.ts';
import { unexpected } from './parse/unexpected.ts';
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
  const source: Source = { text, experimental, regexes: 0, written: new Map() };
  const expression = read(source);
  check(source, expression);
  return expression;
}

/** Of a text what the grammar says, before types are looked at. */
function read(source: Source): Expression {
  const { text } = source;
  const whole = { from: 0, to: text.length };
  // So long a text is not even looked at.
  if (text.length > LONGEST_TEXT) throw fault('', whole, `expression is too long: ${text.length} characters, at most ${LONGEST_TEXT}`);
  const { tokens, wrong } = scan(text);
  if (wrong?.isTooMuch) throw faultAt(source, wrong.at, wrong.message);
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
