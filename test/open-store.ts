import { readConfig } from '../agent/contract/config.ts';
import type { Fields } from '../agent/contract/config.ts';
import type { Store, StoreKind } from '../collector/stores/store.ts';

/** A store opened with these options as the configuration file would give them, and what it has logged. */
export interface OpenStore {
  readonly store: Store;
  readonly logged: readonly string[];
}

/** Opens a store of a kind that forwards text and keeps no files of its own. */
export async function openStore<F extends Fields>(kind: StoreKind<F>, options: Readonly<Record<string, unknown>>): Promise<OpenStore> {
  const logged: string[] = [];
  const store = await kind.open({
    options: readConfig(kind.options, options, 'test'),
    data: '/nonexistent',
    describe: () => undefined,
    readAgain: () => Promise.reject(new Error('this store was not to read lines again')),
    fatal: (error) => {
      throw error;
    },
    log: (level, message) => void logged.push(`${level}: ${message}`),
  });
  return { store, logged };
}
