import { InfluxDB } from 'influx';
import type { IPoolOptions, ISingleHostConfig } from 'influx';
import { Permanent, Transient } from '../../../agent/contract/errors.ts';

/** Where an InfluxDB 1.x is, and who we are to it. */
export interface Account {
  /** `http://HOST:PORT`, perhaps with a path in front of its own. */
  readonly url: string;
  readonly database: string;
  /** Undefined where it asks for nobody's name. */
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** One row of an answer: columns and group tags by name, `time` in milliseconds. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** InfluxQL spoken to one database of an InfluxDB 1.x. */
export interface InfluxQL {
  /**
   * The rows of one statement. `params` stand in the text as `$name` and are sent apart from it.
   *
   * @throws Transient where no answer comes or it asks for another user; Permanent for a statement it cannot run.
   */
  query(statement: string, params?: Readonly<Record<string, string | number>>): Promise<readonly Row[]>;
  /** Names of the databases that this user sees. */
  databases(): Promise<readonly string[]>;
  createDatabase(): Promise<void>;
  policies(): Promise<readonly Policy[]>;
  /** Makes a retention policy that new lines go to. */
  createPolicy(name: string, seconds: number): Promise<void>;
  holdsSomething(): Promise<boolean>;
}

/** A retention policy of the database. */
export interface Policy {
  readonly name: string;
  readonly default: boolean;
  /** As the server writes it: `336h0m0s`, or `0s` for ever. */
  readonly duration: string;
}

const DEADLINE_MS = 10_000;

/** Opens nothing yet; every call is one request. */
export function influxql(account: Account): InfluxQL {
  const influx = new InfluxDB(clientOptions(account));
  const { database } = account;
  const asked = async <T>(question: () => Promise<T>): Promise<T> => {
    try {
      return await question();
    } catch (error) {
      throw meaningOf(error, account.url);
    }
  };
  return {
    query: (statement, params = {}) =>
      asked(async () => {
        const rows = await influx.query<Record<string, Row[string]>>(statement, { database, precision: 'ms', placeholders: { ...params } });
        return rows.map((row) => (row.time instanceof Date ? { ...row, time: row.time.getTime() } : { ...row, time: null }));
      }),
    databases: () => asked(() => influx.getDatabaseNames()),
    createDatabase: () => asked(() => influx.createDatabase(database)),
    policies: () =>
      asked(async () =>
        (await influx.showRetentionPolicies(database)).map(({ name, default: isDefault, duration }) => ({
          name,
          default: isDefault,
          duration,
        })),
      ),
    createPolicy: (name, seconds) =>
      asked(() => influx.createRetentionPolicy(name, { database, duration: `${seconds}s`, replication: 1, isDefault: true })),
    holdsSomething: () => asked(async () => (await influx.getMeasurements(database)).length > 0),
  };
}

// The client puts a host aside after a failure, and answers for it meanwhile; whoever calls here has a pause of his own.
const noBackoff: NonNullable<IPoolOptions['backoff']> = { getDelay: () => 0, next: () => noBackoff, reset: () => noBackoff };

function clientOptions({ url, username, password }: Account): ISingleHostConfig {
  const { protocol, hostname, port, pathname } = new URL(url);
  const secure = protocol === 'https:';
  return {
    protocol: secure ? 'https' : 'http',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    path: pathname.replace(/\/+$/, ''),
    pool: { maxRetries: 0, requestTimeout: DEADLINE_MS, backoff: noBackoff },
    // Undefined would make the client log in as root:root.
    ...(username === undefined ? { username: null as unknown as string } : { username, password: password ?? '' }),
  };
}

function meaningOf(error: unknown, url: string): Error {
  const status = statusOf(error);
  // A statement that fails is answered 200 with the reason inside, or 400 where it cannot even be parsed.
  const message = `InfluxDB ${url}`;
  const wrong = status === 400 || (error instanceof Error && error.constructor.name === 'ResultError');
  return wrong ? new Permanent(message, { cause: error }) : new Transient(message, { cause: error });
}

/** The HTTP status behind an error of the client's, or undefined where no answer came. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { res, cause } = error as { res?: { statusCode?: number }; cause?: unknown };
  return res?.statusCode ?? statusOf(cause);
}
