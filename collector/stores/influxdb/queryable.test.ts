import { afterAll, beforeAll, expect, it } from 'vitest';
import { lineReadings } from '../../../test/line-readings.ts';
import { plain, selectAll } from '../../../test/select-all.ts';
import { startInfluxd } from '../../../test/services/influxd.ts';
import { needsServer } from '../../../test/services/needs-server.ts';
import type { Service } from '../../../test/services/service.ts';
import type { Matcher } from '../../promql/ast.ts';
import { labelsKey } from '../../promql/labels.ts';
import { labelsTest } from '../../promql/match-labels.ts';
import type { Queryable, Selection, SeriesSamples } from '../../promql/queryable.ts';
import { openQueryable } from './queryable.ts';

const START = Date.UTC(2026, 10, 20, 12);
const HOUR = 3_600_000;
const signal = (): AbortSignal => AbortSignal.timeout(30_000);

const is = (name: string, value: string, op: Matcher['op'] = '='): Matcher => ({ name, op, value });

/** Lines with everything in their names and tags that ingest takes. */
const LINES = [
  `node,cluster=dahu,instance=dahu33 load1=0.5,load5=0.25 ${START}`,
  `node,cluster=dahu,instance=dahu33 load1=1e300,load5=-0 ${START + 15_000}`,
  `node,cluster=dahu,instance=dahu33 load1=5e-324 ${START + 30_000}`,
  `node,cluster=dahu,instance=dahu34 load1=2 ${START + 30_000}`,
  // Telegraf says host, and one node came to have both; the series of each label set is one.
  `node,cluster=dahu,host=dahu35 load1=3 ${START}`,
  `node,cluster=dahu,host=dahu35,instance=dahu35 load1=4 ${START + 1000}`,
  `node,cluster=dahu,host=dahu35 load1=5 ${START + 2000}`,
  `node,host=one,instance=other load1=6 ${START}`,
  String.raw`gpu,instance=dahu33,gpu=0,model=A\ 100\,\ 80\=GB,path=C:\\x\y temperature_celsius=41 ${START}`,
  `gpu,instance=dahu33,gpu=1,model=it's "one"/two temperature_celsius=42 ${START}`.replace(' "one"', String.raw`\ "one"`),
  `gpu,instance=dahu34 temperature_celsius=43 ${START}`,
  `gpu,instance=dahu34,gpu=é%_$ temperature_celsius=44,fans=3i,throttled=true,state="ok" ${START}`,
  // Names that Prometheus cannot carry.
  `node-x,instance=dahu33,a.b=1 c-d=1 ${START}`,
  `node-x,instance=dahu33,a_b=2 c-d=2 ${START}`,
  `9lives,instance=dahu33 left=9 ${START}`,
  `select,instance=dahu33,from=x,time-x=y,key=field key=1 ${START}`,
  `old,instance=dahu33 v=1 ${START - 30 * 24 * HOUR}`,
];

needsServer('influxd')('PromQL on an InfluxDB 1.6', () => {
  let server: Service;
  let queryable: Queryable;
  let all: readonly SeriesSamples[];

  const opened = (database: string): Promise<Queryable> =>
    openQueryable({ url: server.url, database, username: undefined, password_file: undefined });
  const write = async (database: string, lines: readonly string[]): Promise<void> => {
    const answer = await fetch(`${server.url}/write?db=${database}&precision=ms`, { method: 'POST', body: lines.join('\n') });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
  };
  const create = async (database: string): Promise<void> => {
    await (await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ q: `CREATE DATABASE ${database}` }) })).text();
  };

  beforeAll(async () => {
    server = await startInfluxd();
    await create('vigie');
    await write('vigie', LINES);
    queryable = await opened('vigie');
    all = await lineReadings(LINES);
  });
  afterAll(() => server.stop());

  const selection = (matchers: readonly Matcher[], more: Partial<Selection> = {}): Selection => ({
    matchers,
    from: START - HOUR,
    to: START + HOUR,
    hint: { call: 'rate', range: HOUR, step: 0 },
    ...more,
  });

  it('answers exactly the series and samples that ingest makes of the lines', async () => {
    const found = await selectAll(queryable, selection([], { from: START - 60 * 24 * HOUR }));
    expect(found).toEqual(plain(all));
    expect(found.length).toBe(16);
  });

  it.each([
    [is('__name__', 'node_load1')],
    [is('__name__', 'node_x_c_d')],
    [is('__name__', '_9lives_left')],
    [is('__name__', 'node_load.*', '=~')],
    [is('__name__', 'node_.+|gpu_fans', '=~'), is('__name__', 'node_load1', '!=')],
    [is('__name__', '', '=~')],
    [is('__name__', 'nothing_of_it')],
    [is('__name__', 'gpu_power_watts')],
    [is('instance', 'dahu35')],
    [is('instance', 'dahu3[45]', '=~')],
    [is('instance', 'dahu3[45]', '!~')],
    [is('instance', 'one', '!=')],
    [is('instance', 'other')],
    [is('instance', '')],
    [is('host', '')],
    [is('host', 'dahu35')],
    [is('host', '.+', '=~')],
    [is('gpu', '')],
    [is('gpu', '', '!=')],
    [is('gpu', '0|', '=~')],
    [is('gpu', '0|', '!~')],
    [is('gpu', '.*', '=~')],
    [is('gpu', '.*', '!~')],
    [is('gpu', 'é%_$')],
    [is('gpu', 'é.+', '=~')],
    [is('model', 'A 100, 80=GB')],
    [is('model', `it's "one"/two`)],
    [is('model', `it's ".*"/t.o`, '=~')],
    [is('model', String.raw`it's ".*"\/(?:two|three)`, '=~')],
    [is('model', '(?i)a 100.*', '=~')],
    [is('model', 'a 100', '=~')],
    [is('path', String.raw`C:\\x\y`)],
    [is('path', String.raw`C:\\\\x\\y`, '=~')],
    [is('path', String.raw`C:\\x\y`, '!=')],
    [is('path', "'; DROP DATABASE vigie; --")],
    [is('path', String.raw`\'; DROP DATABASE vigie; --`)],
    [is('path', '/; DROP DATABASE vigie; --', '=~')],
    [is("x' = '' OR 'a", 'b')],
    [is('a_b', '1')],
    [is('a_b', '1|2', '=~')],
    [is('absent', '')],
    [is('absent', 'x', '!=')],
    [is('absent', 'x')],
    [is('from', 'x'), is('key', 'field'), is('time_x', 'y')],
    [is('cluster', 'dahu'), is('instance', 'dahu33'), is('__name__', 'node_load1')],
  ] satisfies Matcher[][])('matches as the labels do: %j', async (...matchers) => {
    const wanted = labelsTest(matchers);
    const expected = plain(all.filter(({ labels, times }) => wanted(labels) && (times[0] as number) >= START - HOUR));
    expect(await selectAll(queryable, selection(matchers))).toEqual(expected);
    const series = await queryable.series({ anyOf: [matchers], from: START - HOUR, to: START + HOUR, limit: 0 }, signal());
    expect(series.map(labelsKey).sort()).toEqual(expected.map(([key]) => key));
  });

  it('gives a series once that lies in several measurements', async () => {
    await create('split');
    await write('split', [
      `node_cpu,instance=a load=1,idle=5 ${START}`,
      `node,instance=a cpu_load=2 ${START + 1}`,
      `node_cpu,instance=a load=3 ${START + 2}`,
      `node,instance=b cpu_load=4 ${START + 1}`,
    ]);
    const split = await opened('split');
    const found = await selectAll(split, selection([is('__name__', 'node_cpu_load')]));
    expect(found.map(([, samples]) => samples.map(([, value]) => value))).toEqual([[1, 2, 3], [4]]);
    expect(await split.labelValues('__name__', { anyOf: [], from: START, to: START, limit: 0 }, signal())).toEqual([
      'node_cpu_idle',
      'node_cpu_load',
    ]);
  });

  it('cuts the time on both sides, inclusively', async () => {
    const load = [is('__name__', 'node_load1'), is('instance', 'dahu33')];
    const times = async (from: number, to: number): Promise<unknown> =>
      (await selectAll(queryable, selection(load, { from, to })))[0]?.[1].map(([time]) => time - START);
    expect(await times(START, START + 30_000)).toEqual([0, 15_000, 30_000]);
    expect(await times(START + 1, START + 29_999)).toEqual([15_000]);
    expect(await times(START + 1, START + 14_999)).toBeUndefined();
    expect(await times(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toEqual([0, 15_000, 30_000]);
  });

  it.each([
    { hint: { call: '', range: 0, step: 0 }, kept: [30_000] },
    { hint: { call: 'timestamp', range: 0, step: 0 }, kept: [30_000] },
    { hint: { call: '', range: 0, step: 60_000 }, kept: [0, 15_000, 30_000] },
    { hint: { call: 'last_over_time', range: HOUR, step: 0 }, kept: [30_000] },
    { hint: { call: 'first_over_time', range: HOUR, step: 0 }, kept: [0] },
    { hint: { call: 'max_over_time', range: HOUR, step: 0 }, kept: [15_000] },
    { hint: { call: 'min_over_time', range: HOUR, step: 0 }, kept: [30_000] },
    { hint: { call: 'sum_over_time', range: HOUR, step: 0 }, kept: [0, 15_000, 30_000] },
    { hint: { call: 'max_over_time', range: HOUR, step: 60_000 }, kept: [0, 15_000, 30_000] },
    { hint: { call: '', range: HOUR, step: 0 }, kept: [0, 15_000, 30_000] },
  ])('reads one sample only where one answers: $hint', async ({ hint, kept }) => {
    const matchers = [is('__name__', 'node_load1'), is('instance', 'dahu33')];
    const [found] = await selectAll(queryable, selection(matchers, { from: START - 1000, to: START + 60_000, hint }));
    expect(found?.[1].map(([time]) => time - START)).toEqual(kept);
  });

  it('does not let a sample on the left edge of a window stand for those within', async () => {
    const hint = { call: 'max_over_time', range: 15_000, step: 0 };
    const matchers = [is('__name__', 'node_load1'), is('instance', 'dahu33')];
    const [found] = await selectAll(queryable, selection(matchers, { from: START + 15_000, to: START + 30_000, hint }));
    expect(found?.[1]).toEqual([[START + 30_000, 5e-324]]);
  });

  it('counts times that others wrote in nanoseconds as their millisecond, each once', async () => {
    await create('fine');
    const lines = [`m,instance=a v=1 ${START}000001`, `m,instance=a v=2 ${START}999999`, `m,instance=a v=3 ${START + 1}000000`];
    await (await fetch(`${server.url}/write?db=fine`, { method: 'POST', body: lines.join('\n') })).text();
    const [found] = await selectAll(await opened('fine'), selection([is('__name__', 'm_v')], { from: START, to: START }));
    expect(found?.[1]).toEqual([[START, 2]]);
  });

  it('gives a long series whole, however many pieces it comes in', async () => {
    await create('long');
    const count = 50_000;
    const lines = Array.from({ length: count }, (_, at) => `m,instance=a v=${at},w=${-at} ${START + at * 10}`);
    await write('long', [...lines, `m,instance=b w=1 ${START}`]);
    const found = await selectAll(await opened('long'), selection([]));
    expect(found.map(([, samples]) => samples.length)).toEqual([count, count, 1]);
    expect(found[0]?.[1].at(-1)).toEqual([START + (count - 1) * 10, count - 1]);
  });

  it('names labels, their values and metrics', async () => {
    const question = { anyOf: [], from: START - HOUR, to: START + HOUR, limit: 0 };
    const held = all.filter(({ times }) => (times[0] as number) >= START - HOUR).map(({ labels }) => labels);
    const valuesOf = (name: string): string[] => {
      const values = held.flatMap((labels) => labels.filter((_, at) => at % 2 === 1 && labels[at - 1] === name));
      return [...new Set(values)].sort();
    };
    const names = [...new Set(held.flatMap((labels) => labels.filter((_, at) => at % 2 === 0)))].sort();
    expect(await queryable.labelNames(question, signal())).toEqual(names);
    for (const name of [...names, 'absent', "x'"]) expect(await queryable.labelValues(name, question, signal())).toEqual(valuesOf(name));
    expect(await queryable.labelValues('instance', { ...question, limit: 2 }, signal())).toEqual(['dahu33', 'dahu34']);

    const gpus = { ...question, anyOf: [[is('__name__', 'gpu_fans')], [is('gpu', '1')]] };
    expect(await queryable.labelNames(gpus, signal())).toEqual(['__name__', 'gpu', 'instance', 'model']);
    expect(await queryable.labelValues('gpu', gpus, signal())).toEqual(['1', 'é%_$']);
    expect(await queryable.series({ ...gpus, limit: 1 }, signal())).toHaveLength(1);
    const before = { ...question, from: START - 60 * 24 * HOUR, to: START - 20 * 24 * HOUR };
    expect(await queryable.labelValues('__name__', before, signal())).toEqual(['old_v']);
    expect(await queryable.labelNames(before, signal())).toEqual(['__name__', 'instance']);
  });

  it('knows of a metric that nobody declared within seconds, and of a declared one at once', async () => {
    await create('growing');
    const growing = await opened('growing');
    expect(await selectAll(growing, selection([is('__name__', 'gpu_power_watts')]))).toEqual([]);
    await write('growing', [`gpu,instance=a power_watts=1 ${START}`, `made,instance=a up=1 ${START}`]);
    expect(await selectAll(growing, selection([is('__name__', 'gpu_power_watts')]))).toHaveLength(1);
    await expect.poll(() => selectAll(growing, selection([is('__name__', 'made_up')])), { timeout: 10_000 }).toHaveLength(1);
  });

  it('finds nothing in a database that has not been made', async () => {
    const nothing = await opened('nothing');
    expect(await selectAll(nothing, selection([is('__name__', 'node_load1')]))).toEqual([]);
    expect(await nothing.labelNames({ anyOf: [], from: 0, to: START, limit: 0 }, signal())).toEqual([]);
  });

  it('ends with the reason of whoever ends it', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const read = (async () => {
      for await (const _ of queryable.select(selection([]), stop.signal)) stop.abort(reason);
    })();
    await expect(read).rejects.toBe(reason);
    await expect(queryable.labelNames({ anyOf: [], from: 0, to: 1, limit: 0 }, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('says that the server is away, and why', async () => {
    const away = await openQueryable({ url: 'http://127.0.0.1:1', database: 'x', username: undefined, password_file: undefined });
    await expect(selectAll(away, selection([]))).rejects.toMatchObject({
      type: 'unavailable',
      message: 'InfluxDB http://127.0.0.1:1: connection refused (ECONNREFUSED); start it',
    });
  });
});
