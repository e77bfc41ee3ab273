import { RECORDED_NODE, recordBatches, ROUNDS } from '../../bench/recording.ts';
import { OFF_BEAT } from './made-series.ts';

const BATCHES = 4;
/** Seconds between two recorded rounds as they are told. */
const RECORDED_PERIOD = 60;
/** How long the recording is as it is told, in seconds. */
export const RECORDED_LENGTH = BATCHES * ROUNDS * RECORDED_PERIOD;

/** What the agent reads from this machine, under the names of two nodes: rounds from `start` on, a minute apart. */
export async function recordedLines(start: number): Promise<readonly string[]> {
  const batches = await recordBatches(BATCHES);
  // The second node has them in another order, so that its counters jump back.
  return ['rec1', 'rec2'].flatMap((node, turn) =>
    batches.flatMap((_, place) => {
      const text = (batches[(place + turn) % BATCHES] ?? '').replaceAll(RECORDED_NODE, node);
      return retold(text, start + place * ROUNDS * RECORDED_PERIOD * 1000 + OFF_BEAT);
    }),
  );
}

function retold(text: string, start: number): string[] {
  const lines = text.trimEnd().split('\n');
  const rounds = [...new Set(lines.map(timeOf))].sort((one, other) => one - other);
  const places = new Map(rounds.map((time, at) => [time, start + at * RECORDED_PERIOD * 1000]));
  return lines.map((line) => `${line.slice(0, line.lastIndexOf(' '))} ${places.get(timeOf(line))}`);
}

function timeOf(line: string): number {
  return Number(line.slice(line.lastIndexOf(' ') + 1));
}
