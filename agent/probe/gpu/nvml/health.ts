import { code } from './codes.ts';
import type { Field } from './fields.ts';
import { pair, put, single } from './item.ts';
import type { Item, Sheet, Target } from './item.ts';
import { wide } from './scratch.ts';

/** nvmlMemoryErrorType_t and nvmlEccCounterType_t, with the field that tells the same. */
const ECC = [
  [3, 0, 0, 'corrected', 'volatile'],
  [4, 1, 0, 'uncorrected', 'volatile'],
  [5, 0, 1, 'corrected', 'aggregate'],
  [6, 1, 1, 'uncorrected', 'aggregate'],
] as const;

/** Settings that say how the card is run. */
export function healthItems(target: Target): readonly (Item | undefined)[] {
  return [
    pair(target, 'minute', 'nvmlDeviceGetEccMode', ['gpu_ecc_enabled']),
    single(target, 'minute', 'nvmlDeviceGetPersistenceMode', 'gpu_persistence_enabled'),
  ];
}

/** Memory errors, retired pages (until Volta and Turing), remapped rows (since Ampere), what the driver asks for. */
export function healthFields(target: Target): readonly Field[] {
  return [
    ...ECC.map(([id, type, counter, typeName, lifetime]): Field => {
      const keep = (sheet: Sheet, value: number): void => label(sheet, 'gpu_ecc_errors_total', { type: typeName, lifetime }, value);
      return { pace: 'minute', id, keep, instead: eccErrors(target, type, counter, keep) };
    }),
    { pace: 'minute', id: 29, keep: (sheet, value) => label(sheet, 'gpu_retired_pages', { cause: 'single_bit' }, value) },
    { pace: 'minute', id: 30, keep: (sheet, value) => label(sheet, 'gpu_retired_pages', { cause: 'double_bit' }, value) },
    { pace: 'minute', id: 31, keep: (sheet, value) => put(sheet, 'gpu_retired_pages_pending', value) },
    { pace: 'minute', id: 142, keep: (sheet, value) => label(sheet, 'gpu_remapped_rows', { type: 'correctable' }, value) },
    { pace: 'minute', id: 143, keep: (sheet, value) => label(sheet, 'gpu_remapped_rows', { type: 'uncorrectable' }, value) },
    { pace: 'minute', id: 144, keep: (sheet, value) => put(sheet, 'gpu_remapped_rows_pending', value) },
    { pace: 'minute', id: 145, keep: (sheet, value) => put(sheet, 'gpu_remapped_rows_failed', value) },
    { pace: 'minute', id: 230, keep: (sheet, value) => put(sheet, 'gpu_recovery_action', value) },
  ];
}

/** Writes a value that has labels of its own, unless it is none. */
export function label(sheet: Sheet, metric: string, labels: Readonly<Record<string, string>>, value: number): void {
  if (!Number.isNaN(value)) sheet.labelled.push({ metric, labels, value });
}

function eccErrors(
  { calls, handle, scratch: { words } }: Target,
  type: number,
  counter: number,
  keep: (sheet: Sheet, value: number) => void,
): Item | undefined {
  const call = calls.nvmlDeviceGetTotalEccErrors;
  return (
    call && {
      pace: 'minute',
      read(sheet) {
        const answer = call(handle, type, counter, words);
        if (answer === code.success) keep(sheet, wide(words, 0));
        return answer;
      },
    }
  );
}
