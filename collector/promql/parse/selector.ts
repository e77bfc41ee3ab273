import type { SyntaxNode } from '@lezer/common';
import type { Matcher, Selector } from '../ast.ts';
import { quoted } from '../go-text.ts';
import { regexCost, regularExpression } from '../match/regular-expression.ts';
import { LARGEST_REGEXES } from './limits.ts';
import { QueryError } from '../query-error.ts';
import { childrenOf, faultAt, placeOf, textOf, type Source } from './source.ts';
import { unquote } from './unquote.ts';

/** An instant vector's selector. */
export function selector(source: Source, node: SyntaxNode): Selector {
  const matchers: Matcher[] = [];
  let name: string | undefined;
  for (const child of childrenOf(node)) {
    if (child.name === 'Identifier') name = textOf(source, child);
    else for (const matcher of childrenOf(child)) matchers.push(matcherOf(source, matcher));
  }
  // Prometheus, too, has the name that stands before the braces last.
  if (name !== undefined) matchers.push({ name: '__name__', op: '=', value: name });
  return {
    kind: 'selector',
    at: placeOf(node),
    matchers,
    range: undefined,
    offset: 0,
    fixed: undefined,
    ...(name !== undefined && { name }),
  };
}

function matcherOf(source: Source, node: SyntaxNode): Matcher {
  const [label, op, value] = childrenOf(node);
  if (label === undefined || op === undefined || value === undefined) {
    return { name: '__name__', op: '=', value: unquote(textOf(source, node)) };
  }
  const matcher: Matcher = { name: labelOf(source, label), op: textOf(source, op) as Matcher['op'], value: unquote(textOf(source, value)) };
  if (matcher.op === '=~' || matcher.op === '!~') refuseWrong(source, node, matcher.value);
  return matcher;
}

function refuseWrong(source: Source, node: SyntaxNode, pattern: string): void {
  source.regexes += regexCost(pattern);
  if (source.regexes > LARGEST_REGEXES) throw faultAt(source, node, 'regular expressions of the question are too large together');
  try {
    regularExpression(pattern);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw faultAt(source, node, error.message, error);
  }
}

/** A label's name, which may stand in quotation marks. */
function labelOf(source: Source, node: SyntaxNode): string {
  const text = textOf(source, node);
  return node.name === 'QuotedLabelName' ? unquote(text) : text;
}

/** The labels of `by`, `on` and the like. */
export function groupingLabels(source: Source, node: SyntaxNode): string[] {
  return childrenOf(node).map((label) => {
    const name = labelOf(source, label);
    // Bytes that are not UTF-8 have come as lone surrogates.
    if (name === '' || /\p{Surrogate}/u.test(name)) throw faultAt(source, label, `invalid label name for grouping: ${quoted(name)}`);
    return name;
  });
}
