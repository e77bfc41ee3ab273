import { encodeFieldKey, encodeHead } from './contract/line-encode.ts';
import type { LineWriter } from './contract/line-encode.ts';
import type { Metric } from './contract/metric.ts';
import type { Series } from './sampler.ts';

/**
 * What the node reads: every open series with a slot for its value. Slots of one line (same set, same labels) stand
 * together, so that rounds become lines without a search.
 */
export interface Readings {
  /** Opens a series, or answers the open one with these labels. */
  series(metric: Metric, labels: Readonly<Record<string, string>>): Series;
  /** Keeps what has been set since the last round as the round of this time (milliseconds), and empties the slots. */
  endRound(time: number): void;
  /** How many rounds wait to be encoded. */
  readonly rounds: number;
  /** Writes the waiting rounds, series by series so that like stands beside like, forgets them, and answers how many values they held. */
  encode(writer: LineWriter): number;
  /** Forgets what has been set since the last round. */
  discard(): void;
  /** Every value set since the last round, for showing one reading. */
  visit(visitor: (metric: Metric, labels: Readonly<Record<string, string>>, value: number) => void): void;
}

interface Line {
  readonly head: Buffer;
  readonly labels: Readonly<Record<string, string>>;
  readonly fields: Field[];
}

interface Field {
  readonly metric: Metric;
  readonly key: Buffer;
  readonly slot: number;
  open: boolean;
}

interface Round {
  time: number;
  values: Float64Array;
  /** Slots that existed when the round was kept. */
  slots: number;
}

/** Readings whose every series carries `nodeLabels` (cluster, instance, and what the site adds). */
export function openReadings(nodeLabels: Readonly<Record<string, string>>): Readings {
  const lines = new Map<string, Line>();
  let values = new Float64Array(512).fill(Number.NaN);
  let slots = 0;
  const kept: Round[] = [];
  let rounds = 0;
  // A slot whose series ended is used again only once no waiting round can hold its values.
  let ended: number[] = [];
  let free: number[] = [];

  const takeSlot = (): number => {
    const used = free.pop();
    if (used !== undefined) return used;
    if (slots === values.length) {
      const grown = new Float64Array(values.length * 2).fill(Number.NaN);
      grown.set(values);
      values = grown;
    }
    return slots++;
  };

  return {
    series(metric, labels) {
      const all = { ...nodeLabels, ...labels };
      const head = encodeHead(metric.set, all);
      const id = head.toString();
      let line = lines.get(id);
      if (line === undefined) lines.set(id, (line = { head, labels: all, fields: [] }));
      const home = line;
      let field = home.fields.find((candidate) => candidate.open && candidate.metric.name === metric.name);
      if (field === undefined) home.fields.push((field = { metric, key: encodeFieldKey(metric.field), slot: takeSlot(), open: true }));
      const own = field;
      return {
        set(value) {
          if (own.open) values[own.slot] = value;
        },
        end() {
          if (!own.open) return;
          own.open = false;
          values[own.slot] = Number.NaN;
          ended.push(own.slot);
        },
      };
    },

    endRound(time) {
      const round = (kept[rounds] ??= { time, values: new Float64Array(values.length), slots: 0 });
      if (round.values.length < slots) round.values = new Float64Array(values.length);
      round.time = time;
      round.slots = slots;
      round.values.set(slots === values.length ? values : values.subarray(0, slots));
      values.fill(Number.NaN, 0, slots);
      rounds++;
    },

    get rounds() {
      return rounds;
    },

    encode(writer) {
      let count = 0;
      for (const [id, line] of lines) {
        for (let at = 0; at < rounds; at++) {
          const round = kept[at];
          if (round !== undefined) count += encodeLine(writer, line, round);
        }
        if (ended.length > 0 && line.fields.some(({ open }) => !open)) {
          const left = line.fields.filter(({ open }) => open);
          if (left.length === 0) lines.delete(id);
          else lines.set(id, { ...line, fields: left });
        }
      }
      rounds = 0;
      free = free.concat(ended);
      ended = [];
      return count;
    },

    discard() {
      values.fill(Number.NaN, 0, slots);
    },

    visit(visitor) {
      for (const line of lines.values()) {
        for (const { metric, slot, open } of line.fields) {
          const value = values[slot] ?? Number.NaN;
          if (open && !Number.isNaN(value)) visitor(metric, line.labels, value);
        }
      }
    },
  };
}

function encodeLine(writer: LineWriter, line: Line, round: Round): number {
  let count = 0;
  for (const { slot, key } of line.fields) {
    const value = slot < round.slots ? (round.values[slot] ?? Number.NaN) : Number.NaN;
    // Line protocol knows neither NaN nor infinities; a value that is none of a number is a gap.
    if (!Number.isFinite(value)) continue;
    if (count++ === 0) writer.head(line.head);
    writer.field(key, value);
  }
  if (count > 0) writer.end(round.time);
  return count;
}
