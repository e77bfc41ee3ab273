import { crc32, deflateRawSync, gunzipSync } from 'node:zlib';
import { CHECKED, checkedValue, nodeName, ROUNDS_EACH } from './fleet-values.ts';
import { countValues, fieldsOf, headOf, RECORDED_NODE } from '../recording.ts';

/** Batches of many nodes at next to no cost. */
export interface Template {
  /** Values of a batch. */
  readonly values: number;
  /** The gzipped batch of this node; its first round stands at `start` plus ten seconds for every batch before it. */
  body(node: number, batch: number, start: number): Buffer;
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
  if (left > 0) throw new Error(`the recorded batch has ${left} values a round too few`);
  return `${lines.join('\n')}\n`;
}

// Stands where a time will stand: as many digits, the last one the round.
function stamp(round: number): string {
  return `000000000000${round}`;
}

// Bytes that stand nowhere else in line protocol: what is packed for all nodes never refers to them but where a name stands again.
const ANY_NAME = Buffer.from(Array.from(nodeName(0), (_, at) => 0x10 + at));
const ANY_VALUE = Buffer.alloc(13, 0x0e);
/** RFC 1952: deflated, no name, no time, of no system in particular. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/**
 * Makes a template's text ready. Its first lines, which hold the name and the checked values, go into a gzip body as they are; what
 * follows them is packed once for all nodes of a batch, as it only refers back to that name. So a body costs a checksum.
 */
export function openTemplate(made: string): Template {
  const text = made.replaceAll(RECORDED_NODE, ANY_NAME.toString('latin1'));
  const bytes = Buffer.from(text, 'latin1');
  const places = (pattern: RegExp, skip = 0): number[] => [...text.matchAll(pattern)].map((found) => found.index + skip);
  const names = places(new RegExp(ANY_NAME.toString('latin1'), 'g'));
  const times = places(/ \d{13}$/gm, 1);
  const rounds = times.map((at) => Number(text.slice(at, at + 13)));
  const checked = places(new RegExp(`${CHECKED.field}=\\d{13} `, 'g'), CHECKED.field.length + 1);
  // The last digit of a line's last value, where it has several: counters move like that.
  const digits = places(/\d\d\d(?= \d{13}$)/gm, 2).slice(ROUNDS_EACH);
  const headEnd = (times[ROUNDS_EACH - 1] ?? 0) + 14;
  const head = bytes.subarray(0, headEnd);
  const rest = new Map<number, Buffer>();
  let written = Number.NaN;

  const writeBatch = (batch: number, start: number): void => {
    if (batch === written) return;
    written = batch;
    times.forEach((at, place) => bytes.write(String(start + (batch * ROUNDS_EACH + (rounds[place] ?? 0)) * 1000), at, 'latin1'));
    for (const [place, at] of digits.entries()) bytes[at] = 0x30 + ((batch * 7 + place) % 10);
  };
  const writeNode = (node: number, batch: number): void => {
    const name = nodeName(node);
    for (const at of names) bytes.write(name, at, 'latin1');
    checked.forEach((at, round) => bytes.write(String(checkedValue(node, batch * ROUNDS_EACH + round)), at, 'latin1'));
  };
  const pack = (): Buffer => {
    for (const at of names) ANY_NAME.copy(bytes, at);
    for (const at of checked) ANY_VALUE.copy(bytes, at);
    return deflateRawSync(bytes.subarray(headEnd), { level: 6, dictionary: Buffer.from(head) });
  };
  const restOf = (batch: number): Buffer => {
    let packed = rest.get(batch);
    if (packed === undefined) rest.set(batch, (packed = pack()));
    rest.delete(batch - 2);
    return packed;
  };
  const body = (packed: Buffer): Buffer => {
    // RFC 1951, 3.2.4: a stored block has its length twice, the second time inverted.
    const block = Buffer.from([0, headEnd & 0xff, headEnd >> 8, ~headEnd & 0xff, (~headEnd >> 8) & 0xff]);
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(crc32(bytes), 0);
    trailer.writeUInt32LE(bytes.length, 4);
    return Buffer.concat([GZIP_HEADER, block, head, packed, trailer]);
  };

  return {
    values: countValues(made),
    body(node, batch, start) {
      const isFirst = !rest.has(batch);
      writeBatch(batch, start);
      const packed = restOf(batch);
      writeNode(node, batch);
      const built = body(packed);
      if (isFirst && !gunzipSync(built).equals(bytes)) throw new Error('a packed batch is not what was to be packed');
      return built;
    },
  };
}
