/** Texts with gaps between them; a gap is at least so many characters long, which is 0 or 1. */
interface Glob {
  readonly texts: readonly string[];
  readonly gaps: readonly number[];
}

/** More of them than this are left to an automaton, which looks at a value once for all of them. */
const MOST_GLOBS = 32;

/**
 * What a regular expression accepts that has nothing but alternatives of plain text, `.*` and `.+`, which is what dashboards mostly ask;
 * undefined for any other. It accepts just what the regular expression does when it must match the whole value and `.` is any character.
 */
export function globTest(pattern: string): ((value: string) => boolean) | undefined {
  const globs = globsOf(pattern);
  if (globs === undefined) return undefined;
  const texts = new Set(globs.filter(({ gaps }) => gaps.length === 0).map(({ texts }) => texts[0] as string));
  const tests = globs.filter(({ gaps }) => gaps.length > 0).map(gapsTest);
  const [first] = tests;
  if (tests.length > MOST_GLOBS) return undefined;
  if (first === undefined) return texts.size === 1 ? sameTest(texts) : (value) => texts.has(value);
  if (texts.size === 0 && tests.length === 1) return first;
  return (value) => texts.has(value) || tests.some((test) => test(value));
}

function sameTest(texts: ReadonlySet<string>): (value: string) => boolean {
  const [only] = texts;
  return (value) => value === only;
}

const wholeGroup = /^\((?:\?:)?([^()]*)\)$/s;
const escapedByBackslash = /^[!-/:-@[-`{-~]$/;
const gap = /\.([*+])\??(?![*+?{])/y;
const special = '.*+?()[]{}^$\\';

function globsOf(pattern: string): Glob[] | undefined {
  const text = wholeGroup.exec(pattern)?.[1] ?? pattern;
  const globs: Glob[] = [];
  let texts: string[] = [];
  let gaps: number[] = [];
  let plain = '';
  const end = (): void => {
    globs.push({ texts: [...texts, plain], gaps });
    texts = [];
    gaps = [];
    plain = '';
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    gap.lastIndex = at;
    const found = character === '.' ? gap.exec(text) : null;
    if (found) {
      const least = found[1] === '+' ? 1 : 0;
      // Two gaps without anything between them are one.
      if (plain === '' && gaps.length > 0) {
        const sum = (gaps.pop() as number) + least;
        if (sum > 1) return undefined;
        gaps.push(sum);
      } else {
        texts.push(plain);
        gaps.push(least);
        plain = '';
      }
      at += found[0].length - 1;
    } else if (character === '|') end();
    else if (isAnchor(text, at, plain === '' && texts.length === 0)) continue;
    else if (character === '\\' && escapedByBackslash.test(text[at + 1] ?? '')) plain += text[++at] as string;
    else if (special.includes(character)) return undefined;
    else plain += character;
  }
  end();
  return globs;
}

/** Whether something stands for the start or the end, where the whole value must match anyway. */
function isAnchor(text: string, at: number, isStart: boolean): boolean {
  const next = text[at + 1] ?? '|';
  return text[at] === '^' ? isStart && !'*+?{'.includes(next) : text[at] === '$' && next === '|';
}

/** The leftmost place of each text leaves the most room for those after it. */
function gapsTest({ texts, gaps }: Glob): (value: string) => boolean {
  const start = texts[0] as string;
  const end = texts.at(-1) as string;
  const middle = texts.slice(1, -1);
  const lastGap = gaps.at(-1) as number;
  return (value) => {
    if (!value.startsWith(start) || !value.endsWith(end)) return false;
    let at = start.length;
    for (let index = 0; index < middle.length; index++) {
      const text = middle[index] as string;
      const found = value.indexOf(text, at + (gaps[index] as number));
      if (found < 0) return false;
      at = found + text.length;
    }
    return value.length - end.length >= at + lastGap;
  };
}
