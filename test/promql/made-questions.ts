/** Numbers from 0 up to 1, the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What is picked with the help of random numbers. */
interface Picker {
  one<Element>(from: readonly Element[]): Element;
  /** True in so many cases out of one. */
  chance(ratio: number): boolean;
  /** Nothing, a space, a line's end or a comment. */
  gap(): string;
}

function createPicker(random: () => number): Picker {
  const picker: Picker = {
    one: (from) => from[Math.floor(random() * from.length)] as (typeof from)[number],
    chance: (ratio) => random() < ratio,
    gap: () => picker.one(['', '', ' ', '  ', '\n', '\t', ' # why: "a\' ` ) ]\n']),
  };
  return picker;
}

const names = ['up', 'node_load1', 'job:rate5m:sum', 'sum', 'by', 'offset', 'group', 'start', 'step', 'and', 'fill', 'rate', 'a'];
const labels = ['job', 'instance', 'le', 'by', 'on', 'bool', 'offset', 'sum', 'NaN', 'end', '"ünïcode"', "'with space'", '"__x"'];
const groupLabels = [...labels.filter((label) => label !== 'NaN'), 'group_left', 'ignoring', 'a:b'];
const values = ['"x"', "'y'", '`z\\`', '"a\\"b\\n"', "'\\x41\\u00e9'", '""', '"é☺"', '"}"', '"\\xff"'];
const patterns = ['"a|b"', '"x.*"', '".+"', '"[0-9]+"', '"(?i)n"', '`\\d`'];
const durations = ['5m', '1h30m', '90s', '1d', '300', '0.5', '1e2', '0x1F', '2w3d', '1500ms', '1y', '+5m'];
const numbers = ['1', '0', '2.5', '.5', '5.', '1e3', '1E-3', '0x1f', '017', '1_000', '(Inf)', 'NaN', '5m', '1h30m', '1e22', '0.1'];

/** A vector's question that Prometheus 3 takes, in one of the many ways in which it can be written; `depth` bounds how much it holds. */
export function madeQuestion(random: () => number, depth: number): string {
  return createMaker(createPicker(random)).vector(depth);
}

interface Maker {
  vector(depth: number): string;
  scalar(depth: number): string;
  matrix(depth: number): string;
}

function createMaker(pick: Picker): Maker {
  const list = (from: readonly string[], most: number): string =>
    Array.from({ length: Math.floor(most * (pick.chance(0.5) ? 0.5 : 1)) }, () => `${pick.gap()}${pick.one(from)}${pick.gap()}`).join(',');
  const grouping = (): string => `(${list(groupLabels, 3)})`;
  const bare = (): string => {
    const name = pick.one(names);
    const braces = `{${list(
      labels.flatMap((label) => [`${label}=${pick.one(values)}`, `${label} !~ ${pick.one(patterns)}`, `${label}=~${pick.one(patterns)}`]),
      3,
    )}${pick.gap()}}`;
    if (pick.chance(0.3)) return `{"${name}.x"${pick.chance(0.5) ? `,job!=${pick.one(values)}` : ''}}`;
    return pick.chance(0.5) ? name : `${name}${pick.gap()}${braces}`;
  };
  const moved = (): string => {
    const at = pick.one(['', '', ` @ ${pick.one(['start()', 'end ( )', '1.5', '-3', '1e9', '1m'])}`]);
    const offset = pick.one(['', '', ` ${pick.one(['offset', 'OFFSET'])} ${pick.one(['', '-', '- '])}${pick.one(durations)}`]);
    return pick.chance(0.5) ? at + offset : offset + at;
  };
  const matching = (isSet: boolean): string => {
    if (pick.chance(0.5)) return '';
    const which = `${pick.one([' on', ' ignoring', ' ON'])}${pick.gap()}`;
    if (isSet || pick.chance(0.5)) return `${which}${grouping()}`;
    return `${which}(x)${pick.gap()}${pick.one(['group_left', 'group_right'])}${pick.one([' (y, "z")', '()'])}`;
  };
  const call = (depth: number): string => {
    const deeper = depth - 1;
    return pick.one([
      () => `rate${pick.gap()}(${maker.matrix(deeper)})`,
      () => `max_over_time(${maker.matrix(deeper)}${pick.gap()})`,
      () => `quantile_over_time(${maker.scalar(deeper)},${maker.matrix(deeper)})`,
      () => `label_replace(${maker.vector(deeper)}, ${pick.one(values)}, "$1", 'a', "b")`,
      () => `vector(${maker.scalar(deeper)})`,
      () => `round(${maker.vector(deeper)}${pick.chance(0.5) ? '' : `, ${maker.scalar(deeper)}`})`,
      () => `hour(${pick.chance(0.5) ? '' : maker.vector(deeper)})`,
    ])();
  };
  const aggregate = (depth: number): string => {
    const op = pick.one(['sum', 'AVG', 'count', 'topk', 'quantile', 'count_values']);
    const parameter = op === 'count_values' ? '"v", ' : op === 'topk' || op === 'quantile' ? `${maker.scalar(depth - 1)}, ` : '';
    const body = `${pick.gap()}(${parameter}${maker.vector(depth - 1)})`;
    const modifier = `${pick.gap()} ${pick.one(['by', 'without', 'BY'])}${pick.gap()}${grouping()}`;
    return `${op}${pick.one([body, `${body}${modifier}`, `${modifier}${body}`])}`;
  };
  const maker: Maker = {
    vector(depth) {
      if (depth <= 0) return `${bare()}${moved()}`;
      const deeper = depth - 1;
      return pick.one([
        () => `${bare()}${moved()}`,
        () => `(${pick.gap()}${maker.vector(deeper)})`,
        () => `${pick.one(['-', '+', '- '])}${maker.vector(deeper)}`,
        () => call(depth),
        () => aggregate(depth),
        () => `${maker.vector(deeper)} ${pick.one(['+', '-', '*', '/', '%', '^', 'atan2'])} ${maker.vector(deeper)}`,
        () => `(${maker.vector(deeper)}) ${pick.one(['+', '-', '^', 'ATAN2'])}${matching(false)} (${maker.vector(deeper)})`,
        () => `${maker.vector(deeper)} ${pick.one(['==', '!=', '<', '>='])}${pick.one([' bool', ' BOOL'])} ${maker.vector(deeper)}`,
        () => `(${maker.vector(deeper)}) >= bool${matching(false)} (${maker.vector(deeper)})`,
        () => `${maker.vector(deeper)}${pick.one(['+', ' * ', '^', '==bool '])}${maker.scalar(deeper)}`,
        () => `${maker.scalar(deeper)} ${pick.one(['-', '/', '^', '<=bool '])}${pick.gap()}${maker.vector(deeper)}`,
        () => `(${maker.vector(deeper)}) ${pick.one(['and', 'OR', 'unless'])}${matching(true)} (${maker.vector(deeper)})`,
      ])();
    },
    scalar(depth) {
      if (depth <= 0) return pick.one(numbers);
      const deeper = depth - 1;
      return pick.one([
        () => pick.one(numbers),
        () => `${pick.one(['-', '+', '--'])}${maker.scalar(deeper)}`,
        () => `(${maker.scalar(deeper)})`,
        () => `scalar(${maker.vector(deeper)})`,
        () => 'time()',
        () => `${maker.scalar(deeper)}${pick.gap()}${pick.one(['+', '-', '*', '^', '>bool', '%'])}${pick.gap()} ${maker.scalar(deeper)}`,
      ])();
    },
    matrix(depth) {
      if (pick.chance(0.5)) return `${bare()}${pick.gap()}[${pick.gap()}${pick.one(durations)}${pick.gap()}]${moved()}`;
      const of = pick.chance(0.5) ? `(${maker.vector(depth - 1)})` : call(depth - 1);
      return `${of}[${pick.one(durations)}:${pick.one(['', ...durations])}]${moved()}`;
    },
  };
  return maker;
}
