import { CHECKED, checkedValue, nodeName, ROUNDS_EACH } from './fleet-values.ts';
import { countValues, fieldsOf, headOf, RECORDED_NODE } from '../recording.ts';

/** A batch whose names, times and some digits are written in place, which costs next to nothing. */
export interface Template {
  /** Values of a batch. */
  readonly values: number;
  /** The batch of this node; valid until the next call. */
  fill(node: number, batch: number, start: number): Buffer;
}

/** A recorded batch cut to so many values a round, with the checked metric among them. */
export function makeTemplate(recorded: string, values: number): string {
  const byHead = new Map<string, string[]>();
  for (const line of recorded.trimEnd().split('\n')) {
    const head = headOf(line);
    byHead.set(head, [...(byHead.get(head) ?? []), line]);
  }
  const lines: string[] = [];
  const { measurement, field } = CHECKED;
  for (let round = 0; round < ROUNDS_EACH; round++) {
    lines.push(`${measurement},cluster=default,instance=${RECORDED_NODE} ${field}=${checkedValue(0, 0)} ${stamp(round)}`);
  }
  let left = values - 1;
  for (const [head, rounds] of byHead) {
    if (rounds.length !== ROUNDS_EACH || left <= 0) continue;
    const kept = Math.min(left, ...rounds.map((line) => fieldsOf(line).split(',').length));
    rounds.forEach((line, round) => lines.push(`${head} ${fieldsOf(line).split(',').slice(0, kept).join()} ${stamp(round)}`));
    left -= kept;
  }
  return `${lines.join('\n')}\n`;
}

// Stands where a time will stand: as many digits, the last one the round.
function stamp(round: number): string {
  return `000000000000${round}`;
}

/** Makes a template's text ready to be filled. */
export function openTemplate(made: string): Template {
  const text = made.replaceAll(RECORDED_NODE, nodeName(0));
  const bytes = Buffer.from(text);
  const names = [...text.matchAll(new RegExp(nodeName(0), 'g'))].map(({ index }) => index);
  const times = [...text.matchAll(/ (\d{13})$/gm)].map(({ index, 1: time = '' }) => ({ at: index + 1, round: Number(time) }));
  const checked = [...text.matchAll(new RegExp(`${CHECKED.field}=(\\d{13}) `, 'g'))].map(({ index }) => index + CHECKED.field.length + 1);
  // The last digit of a line's last value, where it has several: counters move like that.
  const digits = [...text.matchAll(/\d\d\d(?= \d{13}$)/gm)].map(({ index }) => index + 2).slice(ROUNDS_EACH);
  return {
    values: countValues(text),
    fill(node, batch, start) {
      const name = nodeName(node);
      for (const at of names) bytes.write(name, at, 'latin1');
      const stamps = Array.from({ length: ROUNDS_EACH }, (_, round) => String(start + (batch * ROUNDS_EACH + round) * 1000));
      for (const { at, round } of times) bytes.write(stamps[round] ?? '', at, 'latin1');
      checked.forEach((at, round) => bytes.write(String(checkedValue(node, batch * ROUNDS_EACH + round)), at, 'latin1'));
      digits.forEach((at, place) => (bytes[at] = 0x30 + ((batch * 7 + node + place) % 10)));
      return bytes;
    },
  };
}
