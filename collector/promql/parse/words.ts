import type { TokenKind } from './token.ts';

const kinds = {
  operator: ['and', 'or', 'unless', 'atan2'],
  aggregator: [
    'sum',
    'avg',
    'count',
    'min',
    'max',
    'group',
    'stddev',
    'stdvar',
    'topk',
    'bottomk',
    'count_values',
    'quantile',
    'limitk',
    'limit_ratio',
  ],
  keyword: ['offset', 'smoothed', 'anchored', 'by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'bool'],
  preprocessor: ['start', 'end', 'step', 'range'],
  number: ['inf', 'nan'],
} as const satisfies Partial<Record<TokenKind, readonly string[]>>;

const byWord = new Map(Object.entries(kinds).flatMap(([kind, words]) => words.map((word) => [word as string, kind as TokenKind] as const)));

/** What a name outside of braces is; words that mean something do so in any case of letters (promql/parser/lex.go, `key`). */
export function kindOfWord(word: string): TokenKind {
  return byWord.get(word.toLowerCase()) ?? (word.includes(':') ? 'metric identifier' : 'identifier');
}
