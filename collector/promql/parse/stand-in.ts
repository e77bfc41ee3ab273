import { isSign, labelsFollow } from './brackets.ts';
import type { Token } from './token.ts';

/**
 * A text that stands for a question before the grammar, word for word at the same places. The grammar reads numbers, texts, comments
 * and some names otherwise than Prometheus does; here it finds only what both read in the same way.
 */
export function standIn(tokens: readonly Token[]): string {
  const pieces: string[] = [];
  const opened: ('groups' | 'matching' | 'braces' | undefined)[] = [];
  let end = 0;
  let before: Token | undefined;
  /** What the parentheses were for that end just before. */
  let closed: 'groups' | 'matching' | 'braces' | undefined;
  for (const token of tokens) {
    if (isSign(token, '(')) opened.push(labelsFollow(before));
    if (isSign(token, '{')) opened.push('braces');
    const isLabel = opened.at(-1) !== undefined;
    pieces.push(
      ' '.repeat(token.from - end),
      isOperand(token, before, closed) || (isLabel && isName(token)) ? 'x'.repeat(token.text.length) : neutral(token),
    );
    closed = isSign(token, ')') || isSign(token, '}') ? opened.pop() : undefined;
    before = token;
    end = token.to;
  }
  return pieces.join('');
}

function neutral({ kind, text }: Token): string {
  if (kind === 'number' || kind === 'duration') return '1'.repeat(text.length);
  return kind === 'string' ? `"${'x'.repeat(text.length - 2)}"` : text;
}

/** In the place of a label every word is one. */
function isName({ kind, text }: Token): boolean {
  return kind !== 'number' && kind !== 'duration' && kind !== 'string' && /^[a-zA-Z_:]/.test(text);
}

/** Whether `offset`, which the grammar knows as a modifier only, is a metric's name: where an operand is due. */
function isOperand(token: Token, before: Token | undefined, closed: 'groups' | 'matching' | 'braces' | undefined): boolean {
  if (token.kind !== 'keyword' || token.text.toLowerCase() !== 'offset') return false;
  if (before === undefined || closed === 'matching') return true;
  if (before.kind === 'operator') return before.text !== '@';
  if (before.kind === 'keyword') return before.text.toLowerCase() === 'bool' || labelsFollow(before) === 'matching';
  return isSign(before, '(') || isSign(before, ',');
}
