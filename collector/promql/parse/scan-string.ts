import { quoted } from '../go-text.ts';

/** Where a text in quotation marks ends, or what is wrong with it. */
export type ScannedString = { readonly to: number; readonly wrong?: undefined } | { readonly wrong: string };

/** Characters that a backslash may stand before, beside the quotation mark and those of numbers. */
const simple = 'abfnrtv\\';

/** The escapes that are numbers: how many digits of which kind they have, and what they may at most be. */
const numeric: Readonly<Record<string, { readonly digits: number; readonly base: number; readonly most: number }>> = {
  x: { digits: 2, base: 16, most: 0xff },
  u: { digits: 4, base: 16, most: 0x10ffff },
  U: { digits: 8, base: 16, most: 0x10ffff },
};
const octal = { digits: 3, base: 8, most: 0xff };

/** Takes the text whose quotation mark stands at `from`, as Prometheus's lexer does (promql/parser/lex.go). */
export function scanString(text: string, from: number): ScannedString {
  const mark = text[from] as string;
  const isRaw = mark === '`';
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at] as string;
    if (character === mark) return { to: at + 1 };
    // What came in was not UTF-8, or says that something was not.
    if (character === '\ufffd') return { wrong: 'invalid UTF-8 rune' };
    if (isRaw) continue;
    if (character === '\n') break;
    if (character !== '\\') continue;
    const escape = scanEscape(text, at + 1, mark);
    if (typeof escape === 'string') return { wrong: escape };
    at = escape - 1;
  }
  return { wrong: isRaw ? 'unterminated raw string' : 'unterminated quoted string' };
}

/** Where what follows a backslash ends, or what is wrong with it. */
function scanEscape(text: string, from: number, mark: string): number | string {
  const character = text[from];
  if (character === undefined) return 'escape sequence not terminated';
  if (simple.includes(character) || character === mark) return from + 1;
  const isOctal = character >= '0' && character <= '7';
  const form = isOctal ? octal : Object.hasOwn(numeric, character) ? numeric[character] : undefined;
  if (form === undefined) return `unknown escape sequence ${codePointText(text, from)}`;
  const start = isOctal ? from : from + 1;
  let value = 0;
  for (let at = start; at < start + form.digits; at++) {
    const digit = text[at];
    if (digit === undefined) return 'escape sequence not terminated';
    const worth = /^[0-9a-fA-F]$/.test(digit) ? Number.parseInt(digit, 16) : form.base;
    if (worth >= form.base) return `illegal character ${codePointText(text, at)} in escape sequence`;
    value = value * form.base + worth;
  }
  if (value > form.most || (value >= 0xd800 && value < 0xe000)) return 'escape sequence is an invalid Unicode code point';
  return start + form.digits;
}

/** A character as Go's `%#U` writes it: `U+0063 'c'`, and only its number where it cannot be seen. */
function codePointText(text: string, at: number): string {
  const code = text.codePointAt(at) as number;
  const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const character = String.fromCodePoint(code);
  return quoted(character) === `"${character}"` || '"\\'.includes(character) ? `${number} '${character}'` : number;
}
