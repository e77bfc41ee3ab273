import type { Token } from './token.ts';

/** What words that labels may follow in parentheses are for: the groups of an aggregation, or how two vectors match. */
export function labelsFollow(token: Token | undefined): 'groups' | 'matching' | undefined {
  if (token?.kind !== 'keyword') return undefined;
  switch (token.text.toLowerCase()) {
    case 'by':
    case 'without':
      return 'groups';
    case 'on':
    case 'ignoring':
    case 'group_left':
    case 'group_right':
      return 'matching';
    default:
      return undefined;
  }
}

/** Whether a word is this bracket, comma or sign. */
export function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === 'punctuation' && token.text === sign;
}
