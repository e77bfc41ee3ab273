import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post, startCollectorProgram, startProgram, temporaryFolder } from '../../test/collector.ts';
import { questionOf } from './query.ts';

const NOW = 1_700_000_000_000;

describe('a question', () => {
  it('is asked at one time, or over a stretch of it with some sixty steps', () => {
    expect(questionOf('up', {}, NOW)).toEqual({ path: 'api/v1/query', form: { query: 'up', time: '1700000000' } });
    expect(questionOf('up', { at: '1h' }, NOW).form['time']).toBe('1699996400');
    const over = { query: 'up', start: '1699996400', end: '1700000000', step: '60' };
    expect(questionOf('up', { from: '1h' }, NOW)).toEqual({ path: 'api/v1/query_range', form: over });
    expect(questionOf('up', { from: '1h', to: '30m', step: '5m' }, NOW).form).toEqual({ ...over, end: '1699998200', step: '5m' });
  });

  it.each([
    [{ to: '1h' }, '--to and --step need --from'],
    [{ step: '1h' }, '--to and --step need --from'],
    [{ at: '1h', from: '2h' }, 'take one of them'],
    [{ from: '1h', to: '2h' }, '--to is before --from'],
  ])('makes no sense with %j', (times, message) => expect(() => questionOf('up', times, NOW)).toThrow(message));
});

describe('vigie query', () => {
  const folder = temporaryFolder();
  let collector: Awaited<ReturnType<typeof startCollectorProgram>>;
  beforeAll(async () => {
    collector = await startCollectorProgram(folder.path);
    const line = 'node,instance=dahu-7,cluster=dahu load1=1.25';
    await post(collector.url, `${line} ${Date.now() - 1000}\n${line} ${Date.now()}\n`);
  });
  afterAll(async () => {
    await collector?.stop();
    folder.remove();
  });

  it('answers as a table, as JSON and as CSV', async () => {
    const table = await run('node_load1', '--url', collector.url);
    expect(table).toEqual({ status: 0, output: 'METRIC      cluster  instance  VALUE\nnode_load1  dahu     dahu-7     1.25\n' });
    const json = await run('node_load1', '--url', collector.url, '--format', 'json');
    expect(JSON.parse(json.output)).toMatchObject({ resultType: 'vector', result: [{ metric: { instance: 'dahu-7' } }] });
    const csv = await run('max_over_time(node_load1[1m])', '--from', '10s', '--step', '5s', '--format', 'csv', '--url', collector.url);
    expect(csv.output).toMatch(/^cluster,instance,time,value\r\n(?:dahu,dahu-7,[^,]+Z,1\.25\r\n){1,3}$/);
  });

  it('tells warnings beside the answer', async () => {
    const { status, output } = await run('rate(node_load1[1m])', '--url', collector.url);
    expect([status, output]).toEqual([0, expect.stringContaining('info: PromQL info: metric might not be a counter')]);
  });

  it('shows the place of a mistake', async () => {
    const { status, output } = await run('sum(node_load1', '--url', collector.url);
    expect([status, output]).toEqual([1, expect.stringMatching(/^vigie: 1:\d+: parse error: .*\n {2}sum\(node_load1\n {2} *\^\n$/)]);
  });

  it('says how it is called, and where nobody answers', async () => {
    expect(await run()).toMatchObject({ status: 2, output: expect.stringContaining('give one expression in quotes') as string });
    expect(await run('up', 'down')).toMatchObject({ status: 2 });
    expect(await run('up', '--format', 'xml')).toMatchObject({
      status: 2,
      output: expect.stringContaining('take table, json, csv') as string,
    });
    expect(await run('up', '--url', 'http://127.0.0.1:1')).toMatchObject({
      status: 1,
      output: expect.stringContaining('no collector answers') as string,
    });
    expect(await run('up', '--url', `${collector.url}/metrics`)).toMatchObject({
      status: 1,
      output: expect.stringContaining('is it a collector') as string,
    });
  });
});

async function run(...args: readonly string[]): Promise<{ readonly status: number | null; readonly output: string }> {
  const program = startProgram('collector/cli/main.js', ['query', ...args]);
  const status = await new Promise<number | null>((resolve) => program.child.once('close', resolve));
  return { status, output: program.output() };
}
