import { experimentalFunctions, functionNamed } from '../functions/functions.ts';
import { quoted } from '../go-text.ts';
import { isSign, labelsFollow } from './brackets.ts';
import { createPlace, isMetric } from './place.ts';
import type { Wrong } from './scan.ts';
import { tokenText, type Token } from './token.ts';

/** Something that has begun before the word that does not fit. */
interface Open {
  readonly what: 'aggregation' | 'parentheses' | 'labels' | 'braces' | 'range';
  /** An aggregation's arguments: to come, being read, or read, so that only its groups may follow. */
  body: 'due' | 'open' | 'closed';
  /** Whether its groups stand before its arguments. */
  grouped: boolean;
  /** Where its bracket stands among the words. */
  readonly start: number;
}

/** Says that a word does not fit, with the words of Prometheus's grammar (promql/parser/generated_parser.y). */
export function unexpected(tokens: readonly Token[], index: number, length: number): Wrong {
  const token = tokens[index];
  const before = tokens[index - 1];
  const open = openBefore(tokens, index);
  const at = token ?? { from: length, to: length };
  const inside = open.at(-1);
  if (isSign(token, '(') && before?.kind === 'identifier') {
    const wrong = unknownFunction(before);
    if (wrong !== undefined) return wrong;
  }
  if (before !== undefined && isSign(before, ',') && (inside?.what === 'aggregation' || inside?.what === 'parentheses')) {
    return { at: before, message: 'trailing commas not allowed in function call args' };
  }
  const context = bracketContext(tokens, index, inside) ?? modifierContext(tokens, index);
  const otherwise = open.some(({ what }) => what === 'aggregation') ? ' in aggregation' : '';
  return { at, message: `unexpected ${tokenText(token)}${context ?? otherwise}` };
}

/** Says that there is no such function, or that it is one of those that must be enabled in Prometheus; undefined where there is one. */
export function unknownFunction({ text, ...at }: Token): Wrong | undefined {
  if (experimentalFunctions.has(text)) return { at, message: `function ${quoted(text)} is not enabled` };
  return functionNamed(text) === undefined ? { at, message: `unknown function with name ${quoted(text)}` } : undefined;
}

function openBefore(tokens: readonly Token[], index: number): Open[] {
  const open: Open[] = [];
  for (let at = 0; at < index; at++) {
    const token = tokens[at] as Token;
    const inside = open.at(-1);
    const following = tokens[at + 1];
    if (token.kind === 'aggregator' && (isSign(following, '(') || labelsFollow(following) === 'groups'))
      open.push(opened('aggregation', at));
    if (token.kind !== 'punctuation') continue;
    switch (token.text) {
      case '(':
        if (labelsFollow(tokens[at - 1]) !== undefined) open.push(opened('labels', at));
        else if (inside?.body === 'due') inside.body = 'open';
        else open.push(opened('parentheses', at));
        break;
      case '{':
        open.push(opened('braces', at));
        break;
      case '[':
        open.push(opened('range', at));
        break;
      case ']':
      case '}':
        open.pop();
        break;
      case ')':
        close(open, labelsFollow(following) === 'groups');
        break;
      default:
    }
  }
  return open;
}

function opened(what: Open['what'], start: number): Open {
  return { what, body: what === 'aggregation' ? 'due' : 'open', grouped: false, start };
}

/** Ends the parentheses that are open; an aggregation goes on where its groups follow. */
function close(open: Open[], groupsFollow: boolean): void {
  const ended = open.at(-1);
  if (ended?.what === 'aggregation' && groupsFollow && !ended.grouped) {
    ended.body = 'closed';
    return;
  }
  open.pop();
  const around = open.at(-1);
  if (ended?.what !== 'labels' || around?.what !== 'aggregation') return;
  if (around.body === 'closed') open.pop();
  else around.grouped = true;
}

/** After `by`, `on`, `offset` and `@`. */
function modifierContext(tokens: readonly Token[], index: number): string | undefined {
  const before = meant(tokens, index - 1);
  const isMatching = before !== undefined && /^(?:on|ignoring)$/i.test(before.text);
  if (labelsFollow(before) === 'groups' || (labelsFollow(before) === 'matching' && isMatching)) return ' in grouping opts, expected "("';
  const start = [1, 2, 3].find((back) => isModifier(meant(tokens, index - back)));
  if (start === undefined) return undefined;
  const since = tokens.slice(index - start + 1, index).map(({ text }) => text.toLowerCase());
  if (tokens[index - start]?.text === '@')
    return /^(?:|[+-]|(?:start|end)\(?)$/.test(since.join('')) ? ' in @, expected timestamp' : undefined;
  return /^[+-]*$/.test(since.join('')) ? ' in offset, expected number, duration, step(), or range()' : undefined;
}

/** A word, unless it is the name of a metric. */
function meant(tokens: readonly Token[], index: number): Token | undefined {
  const place = createPlace();
  let isName = false;
  for (let at = 0; at <= index; at++) {
    const token = tokens[at] as Token;
    const couldBe = isMetric(token, tokens[at + 1]);
    isName = place.isOperand() && couldBe;
    place.pass(token, tokens[at - 1], couldBe);
  }
  return isName ? undefined : tokens[index];
}

function isModifier(token: Token | undefined): boolean {
  return token?.text === '@' || (token?.kind === 'keyword' && token.text.toLowerCase() === 'offset');
}

function bracketContext(tokens: readonly Token[], index: number, inside: Open | undefined): string | undefined {
  if (inside === undefined) return undefined;
  const before = tokens[index - 1];
  const isFirst = inside.start === index - 1 || isSign(before, ',');
  switch (inside.what) {
    case 'labels':
      return ` in grouping opts, expected ${isFirst ? 'label' : '"," or ")"'}`;
    case 'braces':
      return ` in label matching, expected ${isFirst ? 'identifier or "}"' : matcherPart(before)}`;
    case 'range':
      return rangeContext(tokens.slice(inside.start + 1, index));
    case 'aggregation':
    case 'parentheses':
    default:
      return undefined;
  }
}

function matcherPart(before: Token | undefined): string {
  if (before?.kind === 'identifier') return 'label matching operator';
  return before?.kind === 'string' ? '"," or "}"' : 'string';
}

function rangeContext(since: readonly Token[]): string {
  const last = since.at(-1);
  const isAfterNumber = last?.kind === 'number' || last?.kind === 'duration';
  if (since.some((token) => isSign(token, ':'))) {
    return ` in subquery selector, expected ${isAfterNumber ? '"]"' : 'number, duration, step(), range(), or "]"'}`;
  }
  return isAfterNumber
    ? ' in subquery or range, expected ":" or "]"'
    : ' in subquery or range selector, expected number, duration, step(), or range()';
}
