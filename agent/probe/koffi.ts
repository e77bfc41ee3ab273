import { messageOf, Unavailable } from '../contract/errors.ts';

/** Loads koffi, through which native functions are called. Throws Unavailable where it is not installed, naming what is `called` through it. */
export async function loadKoffi(called: string): Promise<typeof import('koffi')> {
  try {
    const loaded = (await import('koffi')) as typeof import('koffi') & { readonly default?: typeof import('koffi') };
    return loaded.default ?? loaded;
  } catch (error) {
    throw new Unavailable(`${called} is called through koffi, which is not here (${messageOf(error)}): npm install koffi`, {
      cause: error,
    });
  }
}
