import { Transient } from '../../../contract/errors.ts';
import { code, DriverReplaced, isOver } from './codes.ts';
import type { GpmMemory } from './gpm.ts';
import type { Argument, NvmlCall, NvmlLibrary } from './library.ts';
import { TEXT_BYTES, textAt } from './scratch.ts';
import type { Scratch } from './scratch.ts';

/** What looking for devices works with. */
export interface Search {
  readonly library: NvmlLibrary;
  readonly scratch: Scratch;
  readonly gpm: GpmMemory;
  readonly driver: string;
  /** Something people should know; said once. */
  remark(this: void, text: string): void;
}

/** How many GPUs there are. Throws `DriverReplaced`, or `Transient` where that cannot be told. */
export function count({ library: { calls }, scratch }: Search): number {
  const answer = calls.nvmlDeviceGetCount_v2?.(scratch.words) ?? code.functionNotFound;
  if (isOver(answer)) throw new DriverReplaced(`nvmlDeviceGetCount_v2 answered ${answer}`);
  // Not that there are none, which would make all of them lost.
  if (answer !== code.success) throw new Transient(`NVML does not count its GPUs (${answer})`);
  return scratch.words[0] ?? 0;
}

/** The handle that a call gives, or its return code where it gives none (a GPU that is lost). Throws `DriverReplaced`. */
export function handleFrom({ scratch }: Search, call: NvmlCall | undefined, ...args: readonly [Argument, Argument?]): bigint | number {
  const answer = args.length === 1 ? call?.(args[0], scratch.handles) : call?.(args[0], args[1], scratch.handles);
  if (answer === undefined) return code.functionNotFound;
  if (isOver(answer)) throw new DriverReplaced(`NVML answered ${answer} to a look at its GPUs`);
  return answer === code.success ? (scratch.handles[0] ?? 0n) : answer;
}

/** The text that a call gives, or the empty one. */
export function text({ scratch: { bytes } }: Search, call: NvmlCall | undefined, handle: bigint): string {
  return call?.(handle, bytes, TEXT_BYTES) === code.success ? textAt(bytes) : '';
}

/** The number that a call gives, or undefined; what else it writes goes to `more`. */
export function number(
  { scratch: { words } }: Search,
  call: NvmlCall | undefined,
  handle: bigint,
  ...more: readonly Argument[]
): number | undefined {
  return call?.(handle, words, ...more) === code.success ? words[0] : undefined;
}
