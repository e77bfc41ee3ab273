import { messageOf } from '../../../agent/contract/errors.ts';
import { statusOf } from './influxql.ts';
import type { InfluxQL } from './influxql.ts';

/** The name of the retention policy that set-up makes. */
export const POLICY = 'vigie';

type Warn = (message: string) => void;

/**
 * Makes the database and its retention policy where they are missing. What someone else has decided stays: a database
 * that already holds something, or has a default policy of its own, keeps it.
 *
 * @throws what the server's silence or refusal means; a user who may only write is no reason to throw.
 */
export async function setUp(server: InfluxQL, database: string, retentionMs: number, warn: Warn): Promise<void> {
  try {
    const databases = await server.databases();
    if (!databases.includes(database)) await server.createDatabase();
    await setUpPolicy(server, database, Math.round(retentionMs / 1000), warn);
  } catch (error) {
    // 403: logged in, but not allowed to administrate. Whether lines are taken is for the write to find out.
    if (statusOf(error) !== 403) throw error;
    warn(`cannot look after database ${database}, going on with writing: ${messageOf(error)}`);
  }
}

async function setUpPolicy(server: InfluxQL, database: string, seconds: number, warn: Warn): Promise<void> {
  const policies = await server.policies();
  const ours = policies.find(({ name }) => name === POLICY);
  if (ours !== undefined) {
    if (secondsOf(ours.duration) !== seconds) {
      warn(
        `retention of ${database} is ${ours.duration}, configured are ${seconds}s; to change it, which may delete data: ` +
          `ALTER RETENTION POLICY "${POLICY}" ON "${database}" DURATION ${seconds}s`,
      );
    }
    return;
  }
  const byDefault = policies.find((policy) => policy.default);
  if (byDefault !== undefined && byDefault.name !== 'autogen') return;
  if (await server.holdsSomething()) {
    warn(`database ${database} already holds data under ${byDefault?.name ?? 'no default policy'}; its retention is left as it is`);
    return;
  }
  await server.createPolicy(POLICY, seconds);
}

const GO_DURATION = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** Seconds of a duration as Go writes it (`336h0m0s`); NaN for another text. */
export function secondsOf(duration: string): number {
  const parts = GO_DURATION.exec(duration);
  if (parts === null) return Number.NaN;
  const [, hours, minutes, seconds] = parts;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
}
