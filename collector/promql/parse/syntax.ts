import type { PartialParse, SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { DEEPEST_SYNTAX } from './limits.ts';

const strict = parser.configure({ strict: true });

/** A parse by lezer, which gives left-recursive trees up at some depth because others might recur over them. */
interface Patient extends PartialParse {
  bigReductionCount: number;
}

/** What the grammar makes of a text: its outermost expression; the place where the text does not fit; or nothing where it is too deep to tell. */
export function syntaxOf(text: string): SyntaxNode | number | undefined {
  const parse = strict.startParse(text) as Patient;
  try {
    for (;;) {
      // Long chains are refused where their depth is known, with a message.
      parse.bigReductionCount = 0;
      const tree = parse.advance();
      if (tree !== null) return isTooDeep(tree) ? undefined : (tree.topNode.firstChild ?? text.length);
    }
  } catch (error) {
    // What a strict parser says that finds no parse.
    if (error instanceof SyntaxError && /^No parse at \d+$/.test(error.message)) return parse.parsedPos;
    throw error;
  }
}

function isTooDeep(tree: Tree): boolean {
  let depth = 0;
  let deepest = 0;
  tree.iterate({
    enter() {
      depth++;
      deepest = Math.max(deepest, depth);
    },
    leave: () => void depth--,
  });
  return deepest > DEEPEST_SYNTAX;
}
