import { RE2JS } from 're2js';
import { milliseconds } from './durations.ts';
import { readNumber, readSeriesLine, unquoted } from './series-line.ts';
import type { SeriesLine } from './series-line.ts';

/** What a message must be. */
export interface Wording {
  readonly text: string;
  readonly fits: (message: string) => boolean;
}

/** What must come of a question. */
export interface Expectations {
  readonly fail: Wording | undefined;
  readonly isOrdered: boolean;
  /** Each must fit a message, and each message one of them; nothing is asked where there are none. */
  readonly warnings: readonly Wording[];
  readonly infos: readonly Wording[];
  readonly noWarnings: boolean;
  readonly noInfos: boolean;
  /** A text that is the answer. */
  readonly string: string | undefined;
  /** A number that is the answer. */
  readonly scalar: number | undefined;
  readonly series: readonly SeriesLine[];
  /** Times of the samples of a matrix, which an instant question answers. */
  readonly matrix: { readonly start: number; readonly end: number; readonly step: number } | undefined;
}

type Writable = { -readonly [Key in keyof Expectations]: Expectations[Key] } & {
  warnings: Wording[];
  infos: Wording[];
  series: SeriesLine[];
};

const anything: Wording = { text: 'anything', fits: () => true };
const directive = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/;
const matrixDirective = /^expect range vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$/;
const numeral = /^[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[iI]nf|[nN]a[nN])$/;

/** Reads the lines under a question; `mode` is what an older script appends to `eval_`. A number alone is the last line. */
export function readExpectations(mode: string | undefined, lines: readonly string[]): { expected: Expectations; used: number } {
  const expected: Writable = {
    fail: mode === 'fail' ? anything : undefined,
    isOrdered: mode === 'ordered',
    warnings: mode === 'warn' ? [anything] : [],
    infos: mode === 'info' ? [anything] : [],
    noWarnings: false,
    noInfos: false,
    string: undefined,
    scalar: undefined,
    series: [],
    matrix: undefined,
  };
  let used = 0;
  for (const line of lines) {
    used++;
    if (numeral.test(line)) {
      expected.scalar = readNumber(line);
      break;
    }
    readLine(line, expected);
  }
  return { expected, used };
}

function readLine(line: string, expected: Writable): void {
  const older = /^expected_fail_(message|regexp)\s+(.*)$/.exec(line);
  const range = matrixDirective.exec(line);
  if (older !== null) expected.fail = wording(older[1] === 'message' ? 'msg' : 'regex', older[2]);
  else if (range !== null) expected.matrix = { start: time(range[1]), end: time(range[2]), step: time(range[3]) };
  else if (line.startsWith('expect string ')) expected.string = unquoted(line.slice('expect string '.length));
  else if (line.split(' ')[0] === 'expect') readDirective(line, expected);
  else expected.series.push(readSeriesLine(line));
}

function readDirective(line: string, expected: Writable): void {
  const [, kind, how, words] = directive.exec(line) ?? [];
  const wanted = wording(how, words);
  if (kind === 'ordered') expected.isOrdered = true;
  else if (kind === 'fail') expected.fail = wanted;
  else if (kind === 'warn') expected.warnings.push(wanted);
  else if (kind === 'info') expected.infos.push(wanted);
  else if (kind === 'no_warn') expected.noWarnings = true;
  else if (kind === 'no_info') expected.noInfos = true;
  else throw new Error(`not an expectation: ${line}`);
}

function wording(how: string | undefined, words: string | undefined): Wording {
  const text = words?.trim() ?? '';
  if (how === undefined) return anything;
  if (how === 'msg') return { text, fits: (message) => message === text };
  const pattern = RE2JS.compile(text);
  return { text: `/${text}/`, fits: (message) => pattern.test(message) };
}

function time(text: string | undefined): number {
  return milliseconds(text as string);
}
