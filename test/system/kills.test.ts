import { afterAll, beforeAll, expect, it } from 'vitest';
import { post } from '../collector.ts';
import { needsServer } from '../services/needs-server.ts';
import { judge } from './kills/judge.ts';
import { FIELDS, MEASUREMENT, oracleValue, readJournal } from './kills/oracle.ts';
import type { Journal, OracleSeries } from './kills/oracle.ts';
import { faultsOf, killsText, runKills, wrongsOf } from './kills.ts';
import type { KillReport, KillRun } from './kills.ts';

const FAULTS = 20;
const FAULTS_ALONE = 12;
const seed = Number(process.env['VIGIE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const series: OracleSeries = { node: 'oracle0', part: '1', field: 'b' };

needsServer('influxd')('agents, collector and InfluxDB killed, stopped and cut off at random', () => {
  let run: KillRun;
  beforeAll(async () => {
    run = await runKills({ faults: FAULTS, seed, influxdb: true });
    console.log(`VIGIE_SEED=${seed}: ${killsText(run.report)}`);
  }, 240_000);
  afterAll(() => run.close());

  it('lose, change and double nothing that was acknowledged or spooled', () => {
    expect([...wrongsOf(run.report), ...run.report.unexpected]).toEqual([]);
    expect(faultsOf(run.report)).toBe(FAULTS);
    expect(acknowledged(run.report)).toBeGreaterThan(1000);
  });

  it('are judged by answers that show a sample changed in either store', async () => {
    const time = [...noted(run).acknowledged][7] ?? 0;
    const fields = FIELDS.map((field) => `${field}=${nextDouble(oracleValue({ ...series, field }, time))}`);
    const answer = await post(run.scene.url, `${MEASUREMENT},cluster=kills,instance=oracle0,part=1 ${fields.join()} ${time}\n`);
    expect(answer.status).toBe(204);
    for (const { changed, lost, doubled } of Object.values(await run.verdicts())) {
      expect(changed).toHaveLength(FIELDS.length);
      expect([lost, doubled]).toEqual([[], []]);
    }
  });

  it('are judged by answers that show a sample lost in InfluxDB', async () => {
    const time = [...noted(run).acknowledged][9] ?? 0;
    const { store } = run.scene;
    const query = `DELETE FROM "${MEASUREMENT}" WHERE "instance" = 'oracle0' AND "part" = '1' AND time = ${time}000000`;
    const answer = await fetch(`${store?.influxd.url}/query?${new URLSearchParams({ db: store?.database ?? '', q: query }).toString()}`, {
      method: 'POST',
    });
    expect(answer.status).toBe(200);
    const { duckdb, influxdb } = await run.verdicts();
    expect(influxdb?.lost).toEqual(FIELDS.map((field) => `oracle0 1 ${field} at ${time}`));
    expect(duckdb?.lost).toEqual([]);
  });
});

it('agents and a collector with its embedded store alone lose, change and double nothing, whatever is killed or cut', async () => {
  const run = await runKills({ faults: FAULTS_ALONE, seed, influxdb: false });
  console.log(`VIGIE_SEED=${seed}: ${killsText(run.report)}`);
  await run.close();
  expect([...wrongsOf(run.report), ...run.report.unexpected]).toEqual([]);
  expect(acknowledged(run.report)).toBeGreaterThan(500);
}, 240_000);

it('the judge names what is lost, undelivered, changed and doubled, bit for bit', () => {
  const times = [1000, 2000, 3000, 4000];
  const values = times.map((time) => oracleValue(series, time));
  const journal: Journal = { spooled: new Set(times), acknowledged: new Set(times.slice(0, 3)) };
  const faults = (answered: Parameters<typeof judge>[2]): number[] => {
    const { lost, undelivered, changed, doubled } = judge(series, journal, answered);
    return [lost, undelivered, changed, doubled].map(({ length }) => length);
  };
  expect(faults({ times, values })).toEqual([0, 0, 0, 0]);
  expect(faults({ times: times.slice(1), values: values.slice(1) })).toEqual([1, 0, 0, 0]);
  expect(faults({ times: times.slice(0, 3), values: values.slice(0, 3) })).toEqual([0, 1, 0, 0]);
  expect(faults({ times, values: values.with(2, nextDouble(values[2] ?? 0)) })).toEqual([0, 0, 1, 0]);
  expect(faults({ times, values: values.with(2, null as unknown as number) })).toEqual([0, 0, 1, 0]);
  expect(faults({ times: [...times, 2000], values: [...values, values[1] ?? 0] })).toEqual([0, 0, 0, 1]);
  // A time that no agent ever read is no gain.
  expect(judge(series, journal, { times: [...times, 4001], values: [...values, 1] }).changed).toHaveLength(1);
});

function acknowledged({ verdicts }: KillReport): number {
  return Object.values(verdicts).reduce((sum, verdict) => sum + verdict.acknowledged, 0);
}

function noted(run: KillRun): Journal {
  return readJournal(run.scene.agents[0]?.journal ?? '');
}

/** The double next to this one. */
function nextDouble(value: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigUint64(0, bits.getBigUint64(0) ^ 1n);
  return bits.getFloat64(0);
}
