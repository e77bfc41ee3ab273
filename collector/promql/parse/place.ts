import { isSign, labelsFollow } from './brackets.ts';
import type { Token } from './token.ts';

/** Whether something is a word of letters. */
export function isWord({ kind, text }: Token): boolean {
  return kind !== 'number' && kind !== 'duration' && kind !== 'string' && /^[a-zA-Z_:]/.test(text);
}

/** Whether a word is a metric's name where an operand is due: words that mean something elsewhere are, unless they mean something here too. */
export function isMetric(token: Token, following: Token | undefined): boolean {
  if (!isWord(token)) return false;
  const { kind, text } = token;
  if (kind === 'keyword') return labelsFollow(token) !== 'matching' && text.toLowerCase() !== 'bool';
  if (kind === 'aggregator') return !isSign(following, '(') && labelsFollow(following) !== 'groups';
  return !isSign(following, '(');
}

/** Where the next word stands. */
export interface Place {
  isLabel(): boolean;
  /** Whether an operand is due; otherwise an operator or something that belongs to the operand before. */
  isOperand(): boolean;
  pass(token: Token, before: Token | undefined, isMetric: boolean): void;
}

/** The place before the first word; it moves on as words are passed. */
export function createPlace(): Place {
  const opened: ('groups' | 'matching' | 'braces' | undefined)[] = [];
  let isOperand = true;

  function passSign({ text }: Token, before: Token | undefined): void {
    switch (text) {
      case '(':
        opened.push(labelsFollow(before));
        isOperand = true;
        break;
      case '{':
        opened.push('braces');
        break;
      case ')':
      case '}':
        // After the labels of `on` and the like comes the right operand.
        isOperand = opened.pop() === 'matching';
        break;
      case ',':
        isOperand = true;
        break;
      default:
    }
  }

  return {
    isLabel: () => opened.at(-1) !== undefined,
    isOperand: () => isOperand,
    pass(token, before, isMetric) {
      if (token.kind === 'punctuation') return passSign(token, before);
      if (isOperand && (token.kind === 'operator' || token.kind === 'keyword') && !isMetric) return;
      isOperand = !isOperand && token.kind === 'operator' && token.text !== '@';
    },
  };
}
