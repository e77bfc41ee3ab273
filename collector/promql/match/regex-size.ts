const repetition = /\{(\d{1,5})(,(\d{0,5}))?\}/y;
const characterClass = /\[\^?\]?(?:\[:\^?\w*:\]|\\.|[^\]\\])*\]?/sy;

/** About how many instructions a regular expression compiles to, found without the memory and the time that compiling takes. */
export function regexSize(pattern: string): number {
  const outer: number[] = [];
  let size = 0;
  let last = 0;
  const add = (item: number): void => {
    last = item;
    size += item;
  };
  const grow = (item: number): void => {
    size += item - last;
    last = item;
  };
  for (let at = 0; at < pattern.length; at++) {
    switch (pattern[at] as string) {
      case '\\':
        at++;
        add(1);
        break;
      case '[':
        characterClass.lastIndex = at;
        at += (characterClass.exec(pattern)?.[0].length ?? 1) - 1;
        add(1);
        break;
      case '(':
        outer.push(size);
        size = 0;
        last = 0;
        break;
      case ')': {
        const inner = size + 2;
        size = outer.pop() ?? 0;
        add(inner);
        break;
      }
      case '*':
      case '+':
      case '?':
        grow(last + 1);
        break;
      case '{': {
        repetition.lastIndex = at;
        const found = repetition.exec(pattern);
        if (found === null) {
          add(1);
          break;
        }
        at += found[0].length - 1;
        const least = Number(found[1]);
        const most = Math.max(least, Number(found[3] ?? 0));
        grow(last * Math.max(least, 1) + (last + 1) * (most - least) + 1);
        break;
      }
      default:
        add(1);
    }
  }
  return outer.reduce((sum, each) => sum + each, size);
}
