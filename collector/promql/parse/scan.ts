import type { Position } from '../position.ts';
import { DEEPEST, MOST_WORDS } from './limits.ts';
import { scanNumber } from './scan-number.ts';
import { scanString } from './scan-string.ts';
import { kindOfWord } from './words.ts';
import type { Token, TokenKind } from './token.ts';

/** What is wrong with a text, and where. */
export interface Wrong {
  readonly at: Position;
  readonly message: string;
  /** Set where the text is not read any further, whatever else may be wrong with it. */
  readonly isTooMuch?: true;
}

/** The words of a question, up to where something is wrong that is no matter of grammar. */
export interface Scanned {
  readonly tokens: readonly Token[];
  readonly wrong: Wrong | undefined;
}

/** The scanner's place in a text, and the brackets that it is inside of. */
interface Scanner {
  readonly text: string;
  readonly tokens: Token[];
  at: number;
  parentheses: number;
  isInBraces: boolean;
  /** Inside of brackets: what has come of `[range:step]`. */
  range: 'none' | 'start' | 'number' | 'colon';
}

/** Takes a text apart as Prometheus's lexer does, with its words for what is wrong (promql/parser/lex.go). */
export function scan(text: string): Scanned {
  const scanner: Scanner = { text, tokens: [], at: 0, parentheses: 0, isInBraces: false, range: 'none' };
  for (;;) {
    passSpace(scanner);
    if (scanner.at >= text.length) return { tokens: scanner.tokens, wrong: wrongAtEnd(scanner) };
    const wrong = scanner.tokens.length >= MOST_WORDS ? tooMuch(scanner, `expression has more than ${MOST_WORDS} words`) : next(scanner);
    if (wrong !== undefined) return { tokens: scanner.tokens, wrong };
  }
}

const spaceAndComments = /(?:[ \t\r\n]+|#[^\r\n]*)*/y;

function passSpace(scanner: Scanner): void {
  spaceAndComments.lastIndex = scanner.at;
  spaceAndComments.exec(scanner.text);
  scanner.at = spaceAndComments.lastIndex;
}

function wrongAtEnd(scanner: Scanner): Wrong | undefined {
  if (scanner.isInBraces) return wrongHere(scanner, 'unexpected end of input inside braces');
  if (scanner.range === 'start') return wrongHere(scanner, 'unexpected end of input in duration expression');
  if (scanner.parentheses !== 0) return wrongHere(scanner, 'unclosed left parenthesis');
  return scanner.range === 'none' ? undefined : wrongHere(scanner, 'unclosed left bracket');
}

function wrongHere({ at, text }: Scanner, message: string): Wrong {
  return { at: { from: at, to: text.length }, message };
}

function tooMuch(scanner: Scanner, message: string): Wrong {
  return { ...wrongHere(scanner, message), isTooMuch: true };
}

function take(scanner: Scanner, kind: TokenKind, length: number): undefined {
  const { at: from, text } = scanner;
  scanner.at += length;
  scanner.tokens.push({ kind, from, to: scanner.at, text: text.slice(from, scanner.at) });
  return undefined;
}

const word = /[a-zA-Z_:][\w:]*/y;
const wordInBraces = /[a-zA-Z_]\w*/y;

function next(scanner: Scanner): Wrong | undefined {
  const { text, at } = scanner;
  const character = text[at] as string;
  if (character === '"' || character === "'" || character === '`') return nextString(scanner, character);
  if (scanner.isInBraces) return nextInBraces(scanner, character);
  if (/^\d$/.test(character) || (character === '.' && /^\d$/.test(text[at + 1] ?? ''))) return nextNumber(scanner);
  if (scanner.range === 'start' && !'])'.includes(character)) return startOfRange(scanner, character);
  if (/^[a-zA-Z_:]$/.test(character)) {
    if (scanner.range !== 'none') return nextInRange(scanner, character);
    word.lastIndex = at;
    const found = word.exec(text)?.[0] as string;
    return take(scanner, kindOfWord(found), found.length);
  }
  return bracket(scanner, character) ?? sign(scanner, character);
}

function nextString(scanner: Scanner, mark: string): Wrong | undefined {
  if (scanner.range === 'start') return wrongHere(scanner, `unexpected character in duration expression: '${mark}'`);
  const found = scanString(scanner.text, scanner.at);
  if (found.wrong !== undefined) return wrongHere(scanner, found.wrong);
  return take(scanner, 'string', found.to - scanner.at);
}

function nextNumber(scanner: Scanner): Wrong | undefined {
  const { kind, to } = scanNumber(scanner.text, scanner.at);
  if (kind === undefined) return wrongHere(scanner, `bad number or duration syntax: ${JSON.stringify(scanner.text.slice(scanner.at, to))}`);
  take(scanner, kind, to - scanner.at);
  if (scanner.range === 'start') scanner.range = 'number';
  return undefined;
}

function nextInBraces(scanner: Scanner, character: string): Wrong | undefined {
  wordInBraces.lastIndex = scanner.at;
  const found = wordInBraces.exec(scanner.text)?.[0];
  if (found !== undefined) return take(scanner, 'identifier', found.length);
  const following = scanner.text[scanner.at + 1];
  switch (character) {
    case ',':
      return take(scanner, 'punctuation', 1);
    case '}':
      scanner.isInBraces = false;
      return take(scanner, 'punctuation', 1);
    case '=':
      return following === '~' ? take(scanner, 'operator', 2) : take(scanner, 'punctuation', 1);
    case '!':
      if (following === '=' || following === '~') return take(scanner, 'operator', 2);
      return wrongHere(scanner, `unexpected character after '!' inside braces: ${characterText(scanner, 1)}`);
    case '{':
      return wrongHere(scanner, "unexpected left brace '{'");
    default:
      return wrongHere(scanner, `unexpected character inside braces: ${characterText(scanner, 0)}`);
  }
}

/** Before the first number of a range only signs may stand. */
function startOfRange(scanner: Scanner, character: string): Wrong | undefined {
  if (character === ':') return wrongHere(scanner, 'unexpected colon before duration in duration expression');
  if ('+-*/%^(,'.includes(character)) return bracket(scanner, character) ?? sign(scanner, character);
  return experimentalDuration(scanner) ?? wrongHere(scanner, `unexpected character in duration expression: ${characterText(scanner, 0)}`);
}

function nextInRange(scanner: Scanner, character: string): Wrong | undefined {
  if (character !== ':') return experimentalDuration(scanner) ?? wrongHere(scanner, `unexpected character: '${character}', expected ':'`);
  if (scanner.range === 'colon') return wrongHere(scanner, "unexpected colon ':'");
  scanner.range = 'colon';
  return take(scanner, 'punctuation', 1);
}

const durationFunction = /(?:step|range|min|max|min_of|max_of)(?=\s*\()/iy;

function experimentalDuration(scanner: Scanner): Wrong | undefined {
  durationFunction.lastIndex = scanner.at;
  return durationFunction.test(scanner.text) ? wrongHere(scanner, 'experimental duration expression is not enabled') : undefined;
}

/** Takes a bracket or a comma. */
function bracket(scanner: Scanner, character: string): Wrong | undefined {
  switch (character) {
    case '(':
      scanner.parentheses++;
      if (scanner.parentheses > DEEPEST) return tooMuch(scanner, `expression is nested deeper than ${DEEPEST} levels`);
      break;
    case ')':
      scanner.parentheses--;
      if (scanner.parentheses < 0) {
        scanner.at++;
        return wrongHere(scanner, "unexpected right parenthesis ')'");
      }
      break;
    case '{':
      scanner.isInBraces = true;
      break;
    case '[':
      if (scanner.range !== 'none') return wrongHere(scanner, "unexpected left bracket '['");
      scanner.range = 'start';
      break;
    case ']':
      if (scanner.range === 'none') return wrongHere(scanner, "unexpected right bracket ']'");
      scanner.range = 'none';
      break;
    default:
      return undefined;
  }
  return undefined;
}

const operator = /==|!=|<=|>=|[-+*/%^<>@]/y;

function sign(scanner: Scanner, character: string): Wrong | undefined {
  if ('()[]{,'.includes(character)) return take(scanner, 'punctuation', 1);
  operator.lastIndex = scanner.at;
  const found = operator.exec(scanner.text)?.[0];
  if (found !== undefined) return take(scanner, 'operator', found.length);
  if (character === '!') return wrongHere(scanner, `unexpected character after '!': ${characterText(scanner, 1)}`);
  if (character !== '=') return wrongHere(scanner, `unexpected character: ${characterText(scanner, 0)}`);
  if (scanner.text[scanner.at + 1] === '~') return wrongHere(scanner, "unexpected character after '=': '~'");
  return take(scanner, 'punctuation', 1);
}

/** A character as Go's `%q` writes it; the end of the text is no character. */
function characterText({ text, at }: Scanner, after: number): string {
  const code = text.codePointAt(at + after) ?? 0xfffd;
  const character = String.fromCodePoint(code);
  if (character === "'" || character === '\\') return `'\\${character}'`;
  return `'${JSON.stringify(character).slice(1, -1).replace('\\"', '"')}'`;
}
