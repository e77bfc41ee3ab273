import { functionNamed } from '../functions/functions.ts';
import { isSign, labelsFollow } from './brackets.ts';
import type { Token } from './token.ts';

/**
 * A text that stands for a question before the grammar, word for word at the same places. The grammar reads numbers, texts, comments
 * and some names otherwise than Prometheus does; here it finds only what both read in the same way.
 */
export function standIn(tokens: readonly Token[]): string {
  const place = createPlace();
  let text = '';
  for (const [index, token] of tokens.entries()) {
    const following = tokens[index + 1];
    const isName = place.isLabel() || (place.isOperand() && isMetric(token, following));
    const isCall = token.kind === 'identifier' && isSign(following, '(') && functionNamed(token.text) !== undefined;
    text =
      text.padEnd(token.from) + (isName && isWord(token) ? 'x'.repeat(token.text.length) : isCall ? anyFunction(token) : neutral(token));
    place.pass(token, tokens[index - 1], isMetric(token, following));
  }
  return text;
}

function isWord({ kind, text }: Token): boolean {
  return kind !== 'number' && kind !== 'duration' && kind !== 'string' && /^[a-zA-Z_:]/.test(text);
}

/** A function that the grammar knows, whether or not it knows this one. */
function anyFunction({ text }: Token): string {
  return (text.length < 3 ? 'ln' : 'abs').padEnd(text.length);
}

function neutral({ kind, text }: Token): string {
  if (kind === 'number' || kind === 'duration') return '1'.repeat(text.length);
  return kind === 'string' ? `"${'x'.repeat(text.length - 2)}"` : text;
}

/** Whether a word is a metric's name where an operand is due: words that mean something elsewhere are, unless they mean something here too. */
function isMetric(token: Token, following: Token | undefined): boolean {
  if (!isWord(token)) return false;
  const { kind, text } = token;
  if (kind === 'keyword') return labelsFollow(token) !== 'matching' && text.toLowerCase() !== 'bool';
  if (kind === 'aggregator') return !isSign(following, '(') && labelsFollow(following) !== 'groups';
  return !isSign(following, '(');
}

/** Where the next word stands. */
interface Place {
  isLabel(): boolean;
  /** Whether an operand is due; otherwise an operator or something that belongs to the operand before. */
  isOperand(): boolean;
  pass(token: Token, before: Token | undefined, isMetric: boolean): void;
}

function createPlace(): Place {
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
