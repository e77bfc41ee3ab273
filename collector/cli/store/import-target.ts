import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCollector } from '../../collector.ts';
import { parseListen } from '../../config.ts';
import type { CollectorOptions } from '../../config.ts';
import { catalogueOf } from '../../expose/catalogue.ts';
import { ANY_NODE, loadTokens } from '../../ingest/tokens.ts';
import { loadOptions } from '../load-options.ts';
import { standardError } from '../standard-error.ts';
import { VERSION } from '../version.ts';
import type { PostTarget } from './post-lines.ts';
import { openStoreFolder } from './store-folder.ts';

/** A collector that takes lines, and what ends what was started for it. */
export interface ImportTarget extends PostTarget {
  close(): Promise<void>;
}

/** Where lines are to go. */
export interface TargetOptions {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  /** Another collector than the one whose folder it is. */
  readonly url?: string | undefined;
  readonly tokenFile?: string | undefined;
}

const CLOSE_MS = 60_000;
const nothing = (): Promise<void> => Promise.resolve();

/** The collector that runs on the folder, or the one at the URL; where none runs, one that runs as long as the import. */
export async function openTarget(given: TargetOptions): Promise<ImportTarget> {
  const readToken = given.tokenFile === undefined ? undefined : readFileSync(given.tokenFile, 'utf8').trim();
  if (given.url !== undefined) return { url: given.url, token: readToken, close: nothing };
  const options = await loadOptions({ config: given.config, data: given.data });
  const token = readToken ?? loadTokens(options.auth.key_file ?? join(options.data, 'token.key'))?.issue(ANY_NODE);
  if (await isRunning(options)) return { url: urlOf(options.listen), token, close: nothing };
  const collector = await startCollector(
    { ...options, listen: '127.0.0.1:0', redfish: undefined },
    {
      version: VERSION,
      catalogue: catalogueOf([]),
      routes: () => [],
      log: (level, message) => level !== 'info' && standardError(`${message}\n`),
      fatal: (error) => {
        throw error;
      },
    },
  );
  return { url: collector.url, token, close: () => collector.close(CLOSE_MS) };
}

async function isRunning(options: CollectorOptions): Promise<boolean> {
  if (!existsSync(join(options.data, 'duckdb'))) return false;
  const folder = await openStoreFolder({ data: options.data });
  folder.close();
  return folder.heldBy !== undefined;
}

function urlOf(listen: string): string {
  const { host, port } = parseListen(listen) ?? { host: '127.0.0.1', port: 9797 };
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
