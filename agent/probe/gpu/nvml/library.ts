import { messageOf, Unavailable } from '../../../contract/errors.ts';
import { loadKoffi } from '../../koffi.ts';
import { signatures } from './signatures.ts';
import type { NvmlFunction } from './signatures.ts';

/** What a call takes: a handle, a number, or memory that it reads or writes. */
export type Argument = bigint | number | ArrayBufferView;
/** A function of the library; answers NVML's return code. */
export type NvmlCall = (a?: Argument, b?: Argument, c?: Argument, d?: Argument) => number;
/** The functions of the loaded library; absent are those that this driver does not have. */
export type NvmlCalls = { readonly [Name in NvmlFunction]?: NvmlCall };

/** The loaded library. */
export interface NvmlLibrary {
  readonly calls: NvmlCalls;
  /** What a return code means, in the library's words. */
  errorText(this: void, answer: number): string;
}

/** As the driver installs it; the name without `.1` is only in packages for developers. */
const LIBRARY = 'libnvidia-ml.so.1';

/**
 * Loads the library, and tells `calling` each call before it is made.
 *
 * @throws Unavailable without koffi, or without the library.
 */
export async function loadNvml(path: string | undefined, calling: (call: string) => void): Promise<NvmlLibrary> {
  const koffi = await loadKoffi('NVML');
  calling(`load ${path ?? LIBRARY}`);
  const library = attempt(
    () => koffi.load(path ?? LIBRARY),
    (why) => `cannot load ${path ?? LIBRARY} (${why}): install the NVIDIA driver, or set the library's path`,
  );
  const calls: Partial<Record<NvmlFunction, NvmlCall>> = {};
  for (const [name, parameters] of Object.entries(signatures) as [NvmlFunction, readonly string[]][]) {
    const native = find(() => library.func(name, 'int', [...parameters]) as unknown as NvmlCall);
    if (native !== undefined) calls[name] = announced(name, native, parameters.length, calling);
  }
  const errorString = find(() => library.func('nvmlErrorString', 'const char *', ['int']));
  return { calls, errorText: (answer) => `${(errorString?.(answer) as string | undefined) ?? 'NVML error'} (${answer})` };
}

function attempt<Value>(action: () => Value, told: (why: string) => string): Value {
  try {
    return action();
  } catch (error) {
    throw new Unavailable(told(messageOf(error)));
  }
}

// koffi throws for a function that the library does not have, and has no other way to ask.
function find<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Cannot find function')) return undefined;
    throw error;
  }
}

// One closure per number of parameters: koffi refuses more than the function takes, and a rest parameter would be an array per call.
function announced(name: string, native: NvmlCall, parameters: number, calling: (call: string) => void): NvmlCall {
  switch (parameters) {
    case 0:
      return () => (calling(name), native());
    case 1:
      return (a) => (calling(name), native(a));
    case 2:
      return (a, b) => (calling(name), native(a, b));
    case 3:
      return (a, b, c) => (calling(name), native(a, b, c));
    default:
      return (a, b, c, d) => (calling(name), native(a, b, c, d));
  }
}
