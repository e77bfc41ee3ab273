import type { Row, State } from './row.ts';

/** How the table is drawn. */
export interface TableOptions {
  /** Columns of the screen, in which all but commands is kept. */
  readonly width: number;
  readonly color: boolean;
}

const STATE_WIDTH = 8;
const NAME_WIDTH = 13;

// SGR codes of ECMA-48: green, yellow, red, and faint for what is as it was wanted.
const COLORS: Readonly<Record<State, string>> = { ok: '32', found: '32', missing: '33', off: '2', broken: '31' };

/** Draws rows under a heading: state, name, reason, and below it what would mend it. A command is never broken into lines, so that it can be copied. */
export function drawTable(heading: string, rows: readonly Row[], { width, color }: TableOptions): string {
  const indent = ' '.repeat(STATE_WIDTH + NAME_WIDTH);
  const lines = rows.flatMap((row, at) => {
    const state = row.state.padEnd(STATE_WIDTH);
    const painted = color ? `\u001b[${COLORS[row.state]}m${state}\u001b[0m` : state;
    const name = (rows[at - 1]?.name === row.name ? '' : row.name).padEnd(NAME_WIDTH);
    const [first = '', ...more] = wrapped(row.why, width - indent.length);
    const fix = row.fix === undefined ? [] : [`${indent}fix: ${row.fix}`];
    return [`${painted}${name}${first}`.trimEnd(), ...more.map((line) => indent + line), ...fix];
  });
  return [heading, ...lines, ''].join('\n');
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
