import { messageOf } from '../../agent/contract/errors.ts';
import { milliseconds } from './durations.ts';
import { readExpectations } from './expectations.ts';
import type { Expectations } from './expectations.ts';
import { readSeriesLine } from './series-line.ts';
import type { SeriesLine } from './series-line.ts';

/** Samples to be there, one a step from time 0. */
export interface Load {
  readonly kind: 'load';
  readonly step: number;
  readonly series: readonly SeriesLine[];
  /** Whether classic histograms are to be there as native ones, too. */
  readonly alsoNative: boolean;
}

/** A question and what its answer must be. Milliseconds; an instant one has step 0. */
export interface Eval {
  readonly kind: 'eval';
  readonly line: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly expected: Expectations;
}

/** What a script has done, in order. */
export type Command = Load | Eval | { readonly kind: 'clear' };

interface Line {
  readonly number: number;
  readonly text: string;
}

/** Reads a script of Prometheus's test language; throws, with the line's number, where it is none. */
export function readScript(script: string): Command[] {
  const lines = script.split('\n').map((text, at): Line => ({ number: at + 1, text: /^\s*#/.test(text) ? '' : text.trim() }));
  const commands: Command[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as Line;
    if (line.text === '') continue;
    const until = lines.findIndex((each, after) => after > at && each.text === '');
    const block = lines.slice(at + 1, until === -1 ? undefined : until);
    try {
      const { command, used } = readCommand(line, block);
      commands.push(command);
      at += used;
    } catch (error) {
      throw new Error(`line ${line.number}: ${messageOf(error)}`, { cause: error });
    }
  }
  return commands;
}

// How many of the block's lines belong to the command: all but for `clear`, and where a number ends what is expected.
function readCommand(line: Line, block: readonly Line[]): { command: Command; used: number } {
  if (line.text.toLowerCase() === 'clear') return { command: { kind: 'clear' }, used: 0 };
  const load = /^load(_with_nhcb)?\s+(\S+)$/.exec(line.text);
  if (load !== null) {
    const series = block.map(({ text }) => text).filter((text) => !text.split(/\s/)[0]?.endsWith('@st'));
    const hasStarts = series.length < block.length;
    const lines = series.map(readSeriesLine).map((each) => (hasStarts ? { ...each, isHistogram: true } : each));
    const command: Load = { kind: 'load', step: milliseconds(load[2] as string), series: lines, alsoNative: load[1] !== undefined };
    return { command, used: block.length };
  }
  return readEval(line, block);
}

const instant = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+at\s+(\S+)\s+(.+)$/;
const ranged = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/;

function readEval({ number, text: line }: Line, block: readonly Line[]): { command: Eval; used: number } {
  const [, modeOfOne, at, textOfOne] = instant.exec(line) ?? [];
  const [, modeOfMany, from, to, step, textOfMany] = ranged.exec(line) ?? [];
  const text = textOfOne ?? textOfMany;
  if (text === undefined) throw new Error(`not a command: ${line}`);
  const { expected, used } = readExpectations(
    modeOfOne ?? modeOfMany,
    block.map((each) => each.text),
  );
  const start = milliseconds((at ?? from) as string);
  const end = milliseconds((at ?? to) as string);
  const command: Eval = { kind: 'eval', line: number, text, start, end, step: step === undefined ? 0 : milliseconds(step), expected };
  return { command, used };
}
