import { afterEach, describe, expect, it } from 'vitest';
import { questionOf } from '../../test/query/asking.ts';
import { madeReading } from '../../test/query/made-queryable.ts';
import { limits, NOW, openMade } from '../../test/query/open-made.ts';
import type { Opened } from '../../test/query/open-made.ts';
import { QueryError } from '../promql/query-error.ts';
import type { AskedStart } from './asked.ts';

let opened: Opened;
const open = (more: Partial<AskedStart> = {}): void => void (opened = openMade(more));
const ask: Opened['ask'] = (...given) => opened.ask(...given);
const value = async (query: string): Promise<unknown> => (await ask('query', { query })).body;

/** What somebody is refused with. */
const failureOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('questions', () => {
  afterEach(() => opened.questions.close());

  it('are answered as Prometheus answers them', async () => {
    open();
    expect(await ask('query', { query: 'up' })).toEqual({
      status: 200,
      failure: undefined,
      body: {
        status: 'success',
        data: {
          resultType: 'vector',
          result: [
            { metric: { __name__: 'up', job: 'a' }, value: [1_700_000_000, '2'] },
            { metric: { __name__: 'up', job: 'b' }, value: [1_700_000_000, '3'] },
          ],
        },
      },
    });
    expect(await ask('query', { query: 'up{job="a"}[5m]' })).toMatchObject({
      body: {
        data: {
          resultType: 'matrix',
          result: [
            {
              values: [
                [1_699_999_940, '1'],
                [1_699_999_999, '2'],
              ],
            },
          ],
        },
      },
    });
    expect(await ask('query', { query: '1 + 1', time: '2015-07-01T20:10:30.781Z' })).toMatchObject({
      body: { data: { resultType: 'scalar', result: [1435781430.781, '2'] } },
    });
    expect(await ask('query', { query: '"x"' })).toMatchObject({ body: { data: { resultType: 'string', result: [1_700_000_000, 'x'] } } });
    const range = { query: 'up{job="a"}', start: String(NOW / 1000 - 120), end: String(NOW / 1000), step: '1m' };
    expect(await ask('query_range', range)).toMatchObject({
      body: {
        data: {
          resultType: 'matrix',
          result: [
            {
              values: [
                [1_699_999_940, '1'],
                [1_700_000_000, '2'],
              ],
            },
          ],
        },
      },
    });
    expect(await ask('series', { 'match[]': 'up{job="b"}' })).toMatchObject({ body: { data: [{ __name__: 'up', job: 'b' }] } });
    expect(await ask('labels', {})).toMatchObject({ body: { data: ['__name__', 'job'] } });
    expect(await ask('label_values', { 'match[]': 'up', start: '0' })).toMatchObject({ body: { data: ['a', 'b'] } });
    expect(await ask('format_query', { query: 'sum(up)by(job)' })).toMatchObject({ body: { data: 'sum by (job) (up)' } });
    expect([opened.noted.asked.length, opened.noted.asked.some(({ failure }) => failure !== undefined), opened.noted.samples]).toEqual([
      9,
      false,
      7,
    ]);
  });

  it('say what they cost where that is asked, and what a limit left out', async () => {
    open();
    expect(await ask('query', { query: 'up', stats: 'all', limit: '1' })).toMatchObject({
      body: {
        data: {
          result: [{ metric: { job: 'a' } }],
          stats: {
            samples: { totalQueryableSamples: 3, peakSamples: expect.any(Number) as number },
            timings: { execQueueTime: expect.any(Number) as number },
          },
        },
        warnings: ['results truncated due to limit'],
      },
    });
    expect(await ask('label_values', { limit: '1' })).toMatchObject({
      body: { data: ['a'], warnings: ['results truncated due to limit'] },
    });
    expect(await ask('label_values', { limit: '2' })).toEqual({
      status: 200,
      failure: undefined,
      body: { status: 'success', data: ['a', 'b'] },
    });
  });

  it('look back as far as they say', async () => {
    open();
    expect(await ask('query', { query: 'up', lookback_delta: '30s' })).toMatchObject({
      body: { data: { result: [{ metric: { job: 'a' } }] } },
    });
    expect(await ask('query', { query: 'count(up)', lookback_delta: '90' })).toMatchObject({
      body: { data: { result: [{ value: [NOW / 1000, '2'] }] } },
    });
  });

  it('of which some hang are answered all the same, and those that wait come to their turn', async () => {
    open({ concurrency: 2, waiting: 1 });
    const aborter = new AbortController();
    const hanging = failureOf(ask('query', { query: 'hang' }, aborter.signal));
    expect(await value('1')).toMatchObject({ data: { result: [expect.any(Number), '1'] } });
    const second = failureOf(ask('query', { query: 'hang' }, aborter.signal));
    const waiting = value('2');
    await expect(value('3')).rejects.toMatchObject({ type: 'unavailable' });
    expect([opened.questions.running, opened.questions.waiting]).toEqual([2, 1]);
    aborter.abort(new QueryError('canceled', 'no more'));
    expect([await hanging, await second]).toMatchObject([{ message: 'no more' }, { message: 'no more' }]);
    expect(await waiting).toMatchObject({ data: { result: [expect.any(Number), '2'] } });
    await expect.poll(() => opened.questions.running).toBe(0);
    expect(opened.noted.asked.map(({ failure }) => failure ?? 'answered').sort()).toEqual([
      'answered',
      'answered',
      'canceled',
      'canceled',
      'unavailable',
    ]);
  });

  it('that wait too long are told so', async () => {
    open({ concurrency: 1, limits: { ...limits, timeout: 500 } });
    await expect.poll(() => value('1')).toMatchObject({ status: 'success' });
    const hanging = failureOf(ask('query', { query: 'block' }));
    await expect(value('1')).rejects.toMatchObject({ type: 'timeout', message: 'query timed out in query queue' });
    expect(await hanging).toMatchObject({ type: 'timeout' });
  });

  it('send no more of an answer than is taken, and end where its taker stops', async () => {
    open();
    const range = { query: 'many', start: String(NOW / 1000 - 10_000), end: String(NOW / 1000), step: '10' };
    const { parts } = await opened.questions.ask(questionOf('query_range', range), new AbortController().signal);
    let length = 0;
    for await (const part of parts) {
      length += part.length;
      // Others are answered while this one waits for its taker.
      expect(await value('1')).toMatchObject({ status: 'success' });
      if (length > 1e6) break;
    }
    await expect.poll(() => opened.questions.running).toBe(0);
    expect(opened.noted.asked.at(-1)).toEqual({ route: 'query_range', failure: 'canceled' });
    const { body } = await ask('query_range', range);
    expect((body as { data: { result: unknown[] } }).data.result).toHaveLength(2000);
  });
});

describe('a thread that answers questions', () => {
  afterEach(() => opened.questions.close());

  it('gives a question up that holds more than there is for all, and nothing else', async () => {
    open({ limits: { ...limits, samples: 100_000_000, points: 100_000, memory: 2 ** 26 } });
    const waiting = failureOf(ask('query', { query: 'hang', timeout: '3' }));
    expect(await ask('query_range', { query: 'many', start: '0', end: '1000000', step: '20' })).toMatchObject({
      status: 422,
      body: { errorType: 'execution', error: expect.stringContaining('64 MiB (query.memory)') as string },
    });
    expect(await value('1')).toMatchObject({ status: 'success' });
    expect([await waiting, opened.noted.restarts]).toEqual([undefined, 0]);
  });

  it('is replaced where it needs too much memory, and its questions fail', async () => {
    open();
    const hanging = failureOf(ask('query', { query: 'hang' }));
    await expect(value('heap')).rejects.toMatchObject({ type: 'internal' });
    expect(await hanging).toMatchObject({
      type: 'internal',
      message: expect.stringContaining('it needed more memory than it may have') as string,
    });
    expect(await value('1')).toMatchObject({ status: 'success' });
    expect([opened.noted.restarts, opened.logged.length]).toEqual([1, 1]);
  });

  it('is replaced where it does not notice that a question is not wanted any more', async () => {
    open({ patience: 300 });
    expect(await value('1')).toMatchObject({ status: 'success' });
    const aborter = new AbortController();
    const blocking = ask('query', { query: 'block' }, aborter.signal);
    const behind = failureOf(value('1'));
    setTimeout(() => aborter.abort(new QueryError('canceled', 'gone')), 100);
    await expect(blocking).rejects.toThrow('gone');
    expect(await behind).toMatchObject({
      type: 'internal',
      message: 'the thread that answers questions has not listened for 0.3 s and was ended',
    });
    expect(await value('1')).toMatchObject({ status: 'success' });
    expect([opened.noted.restarts, opened.questions.running]).toEqual([1, 0]);
  });

  it('is not missed where there is another', async () => {
    open({ threads: 2, patience: 100_000 });
    const blocking = failureOf(ask('query', { query: 'block' }));
    for (let at = 0; at < 5; at++) expect(await value('1')).toMatchObject({ status: 'success' });
    await opened.questions.close();
    expect(await blocking).toMatchObject({ type: 'unavailable', message: 'the collector is stopping' });
  });

  it('says why its store cannot be asked, and is tried again', async () => {
    let times = 0;
    open({ reading: () => madeReading(times++ === 0 ? { series: [], broken: 'no such folder' } : { series: [] }) });
    await expect(value('1')).rejects.toMatchObject({ type: 'unavailable', message: 'no such folder' });
    expect(await value('1')).toMatchObject({ status: 'success' });
    expect(opened.logged).toEqual(['no such folder; it is started again']);
  });
});
