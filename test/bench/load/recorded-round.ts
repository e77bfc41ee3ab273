import { countValues, recordBatches } from '../recording.ts';

/** A text of one round with `RECORDED_NODE` and `@` where name and time belong, and how many nodes make the series. */
export interface RecordedRound {
  readonly text: string;
  readonly nodes: number;
  /** Values of one node. */
  readonly values: number;
}

/** One round that the agent reads here, and as many nodes as it takes for so many series. */
export async function recordRound(series: number): Promise<RecordedRound> {
  const [batch = ''] = await recordBatches(1);
  const lines = batch.trimEnd().split('\n');
  const last = lines.reduce((latest, line) => (line.slice(-13) > latest ? line.slice(-13) : latest), '');
  const text = lines
    .filter((line) => line.endsWith(last))
    .map((line) => `${line.slice(0, -13)}@\n`)
    .join('');
  const values = countValues(text);
  return { text, nodes: Math.ceil(series / values), values };
}
