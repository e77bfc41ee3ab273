import { quoted } from '../go-text.ts';
import type { Position } from '../position.ts';

/** What a word of a question is, as Prometheus's lexer has it (promql/parser/lex.go). */
export type TokenKind =
  /** A name without colons, and one with them. */
  | 'identifier'
  | 'metric identifier'
  | 'number'
  | 'duration'
  | 'string'
  /** `bool`, `by`, `without`, `on`, `ignoring`, `group_left`, `group_right`, `offset` and what extends ranges. */
  | 'keyword'
  /** `start`, `end`, `step`, `range`. */
  | 'preprocessor'
  | 'aggregator'
  /** Of expressions and of label matchers; also `@`. */
  | 'operator'
  /** Brackets, comma, colon, equals sign. */
  | 'punctuation';

/** A word of a question. */
export interface Token extends Position {
  readonly kind: TokenKind;
  readonly text: string;
}

/** A word as Prometheus's messages have it; undefined is the end of the text. */
export function tokenText(token: Token | undefined): string {
  if (token === undefined) return 'end of input';
  const { kind, text } = token;
  switch (kind) {
    case 'keyword':
      return `<${text}>`;
    case 'operator':
      return `<op:${text}>`;
    case 'aggregator':
      return `<aggr:${text}>`;
    case 'identifier':
    case 'metric identifier':
      return `${kind} ${quoted(text)}`;
    case 'number':
    case 'duration':
    case 'string':
      return `${kind} ${shortened(text)}`;
    case 'preprocessor':
    case 'punctuation':
    default:
      return shortened(text);
  }
}

function shortened(text: string): string {
  const characters = Array.from(text.slice(0, 22));
  return text.length > 10 && characters.length > 10 ? `${quoted(characters.slice(0, 10).join(''))}...` : quoted(text);
}
