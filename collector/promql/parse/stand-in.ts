import { functionNamed } from '../functions/functions.ts';
import { isSign } from './brackets.ts';
import { createPlace, isMetric, isWord } from './place.ts';
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

/** A function that the grammar knows, whether or not it knows this one. */
function anyFunction({ text }: Token): string {
  return (text.length < 3 ? 'ln' : 'abs').padEnd(text.length);
}

function neutral({ kind, text }: Token): string {
  if (kind === 'number' || kind === 'duration') return '1'.repeat(text.length);
  return kind === 'string' ? `"${'x'.repeat(text.length - 2)}"` : text;
}
