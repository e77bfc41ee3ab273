import type { PartialParse, SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { DEEPEST_SYNTAX } from './limits.ts';

const strict = parser.configure({ strict: true });

/** What of a parse by lezer tells how deep it has come. It gives up chains of 300 and 2800 open levels, as if the text did not fit. */
interface Depths {
  /** Nodes of some length that have come to start at the same place. */
  bigReductionCount: number;
  readonly lastBigReductionStart: number;
  /** What is open, in each way of reading the text that is still possible. */
  readonly stacks: readonly { readonly stack: readonly number[] }[];
}

/** Numbers that lezer keeps for an open level. */
const NUMBERS_A_LEVEL = 3;

/** What the grammar makes of a text: its outermost expression; the place where the text does not fit; or nothing where it is nested too deeply to tell. */
export function syntaxOf(text: string): SyntaxNode | number | undefined {
  const parse = strict.startParse(text) as PartialParse & Depths;
  const isDeep = createDepthTest(parse);
  try {
    for (;;) {
      if (isDeep()) return undefined;
      const tree = parse.advance();
      if (tree !== null) return depthOf(tree) > DEEPEST_SYNTAX ? undefined : (tree.topNode.firstChild ?? text.length);
    }
  } catch (error) {
    // What a strict parser says that finds no parse.
    if (error instanceof SyntaxError && /^No parse at \d+$/.test(error.message)) return parse.parsedPos;
    throw error;
  }
}

/** Tells early, as the tree is made by recursion in the end; and has lezer count chains anew all the time, so that it does not give up. */
function createDepthTest(parse: Depths): () => boolean {
  let start = -1;
  let length = 0;
  return () => {
    if (parse.lastBigReductionStart !== start) length = 0;
    start = parse.lastBigReductionStart;
    length += parse.bigReductionCount;
    parse.bigReductionCount = 0;
    return length > DEEPEST_SYNTAX || parse.stacks.some(({ stack }) => stack.length > DEEPEST_SYNTAX * NUMBERS_A_LEVEL);
  };
}

function depthOf(tree: Tree): number {
  let depth = 0;
  let deepest = 0;
  tree.iterate({
    enter() {
      depth++;
      deepest = Math.max(deepest, depth);
    },
    leave: () => void depth--,
  });
  return deepest;
}
