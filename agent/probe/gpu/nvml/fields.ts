import { code, isForGood } from './codes.ts';
import type { Item, Pace, Sheet, Target } from './item.ts';
import { wide } from './scratch.ts';

/** A value that nvmlDeviceGetFieldValues gives by number (NVML_FI_* of nvml.h). */
export interface Field {
  readonly pace: Pace;
  readonly id: number;
  /** What the number is about: a link; 0xffffffff is the sum of all links. */
  readonly scope?: number;
  /** `wraps`: the driver counts in 32 bits. */
  keep(sheet: Sheet, value: number, wraps: boolean): void;
  /** Read where this driver or card does not have the field. */
  readonly instead?: Item | undefined;
}

/** Words of an nvmlFieldValue_t (40 bytes), and where its parts stand. */
const WORDS = 10;
const SCOPE = 1;
const TYPE = 6;
const ANSWER = 7;
const VALUE = 8;

/** nvmlValueType_t. */
const type = { double: 0, unsignedInt: 1, signedLongLong: 4, signedInt: 5, unsignedShort: 6 } as const;

/**
 * One call for all fields: the driver fetches together what belongs together. A field that the device does not have leaves the
 * call for good, and `adopt` gets what is to be read in its place.
 */
export function fieldsItem({ calls, handle }: Target, pace: Pace, fields: readonly Field[], adopt: (item: Item) => void): Item | undefined {
  const call = calls.nvmlDeviceGetFieldValues;
  const drop = (dropped: readonly Field[]): void => {
    for (const { instead } of dropped) if (instead !== undefined) adopt(instead);
  };
  if (call === undefined) {
    drop(fields);
    return undefined;
  }
  const memory = new ArrayBuffer(fields.length * WORDS * 4);
  const words = new Uint32Array(memory);
  const doubles = new Float64Array(memory);
  let kept = fields;
  const layOut = (): void => {
    for (let at = 0; at < kept.length; at++) {
      words[at * WORDS] = kept[at]?.id ?? 0;
      words[at * WORDS + SCOPE] = kept[at]?.scope ?? 0;
    }
  };
  const forGood = (at: number): boolean => isForGood(words[at * WORDS + ANSWER] ?? code.success);
  layOut();
  return {
    pace,
    read(sheet) {
      if (kept.length === 0) return code.notSupported;
      const answer = call(handle, kept.length, words);
      if (answer !== code.success) {
        if (isForGood(answer)) drop(kept);
        return answer;
      }
      let lacking = false;
      for (let at = 0; at < kept.length; at++) {
        const start = at * WORDS;
        if (words[start + ANSWER] === code.success)
          kept[at]?.keep(sheet, valueAt(words, doubles, start), words[start + TYPE] === type.unsignedInt);
        else lacking ||= forGood(at);
      }
      if (lacking) {
        drop(kept.filter((_, at) => forGood(at)));
        kept = kept.filter((_, at) => !forGood(at));
        layOut();
      }
      return code.success;
    },
  };
}

// NaN where the driver wrote "not available".
function valueAt(words: Uint32Array, doubles: Float64Array, start: number): number {
  const low = words[start + VALUE] ?? 0;
  switch (words[start + TYPE] ?? type.unsignedInt) {
    case type.double:
      return doubles[(start + VALUE) / 2] ?? Number.NaN;
    case type.unsignedInt:
      return low === 0xffffffff ? Number.NaN : low;
    case type.signedInt:
      return low | 0;
    case type.unsignedShort:
      return low & 0xffff;
    case type.signedLongLong:
      return ((words[start + VALUE + 1] ?? 0) | 0) * 4294967296 + low;
    default:
      return wide(words, start + VALUE);
  }
}
