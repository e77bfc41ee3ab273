import { afterAll, beforeAll, expect, it } from 'vitest';
import { openMade } from '../../test/query/open-made.ts';
import type { Opened } from '../../test/query/open-made.ts';

let opened: Opened;
beforeAll(() => void (opened = openMade()));
afterAll(() => opened.questions.close());

it.each([
  [
    'query',
    { query: 'rate(up)' },
    400,
    'bad_data',
    'invalid parameter "query": 1:6: parse error: expected type range vector in call to function "rate", got instant vector',
  ],
  ['query', { query: 'sum by' }, 400, 'bad_data', expect.stringMatching(/^invalid parameter "query": 1:\d+: parse error: /)],
  ['query', {}, 400, 'bad_data', 'invalid parameter "query": unknown position: parse error: no expression found in input'],
  [
    'query',
    { query: '1', time: 'x' },
    400,
    'bad_data',
    `invalid parameter "time": invalid time value for 'time': cannot parse "x" to a valid timestamp`,
  ],
  ['query', { query: '1', timeout: 'x' }, 400, 'bad_data', 'invalid parameter "timeout": cannot parse "x" to a valid duration'],
  ['query', { query: '{__name__=~".*"}' }, 400, 'bad_data', expect.stringContaining('must contain at least one non-empty matcher')],
  ['query', { query: 'broken' }, 500, 'internal', 'the disk is gone'],
  ['query', { query: 'endless' }, 422, 'execution', 'query processing would load too many samples into memory in query execution'],
  ['query', { query: 'hang', timeout: '0.05' }, 503, 'timeout', 'query timed out in expression evaluation'],
  ['query_range', { query: '1', end: '1', step: '1' }, 400, 'bad_data', 'invalid parameter "start": cannot parse "" to a valid timestamp'],
  [
    'query_range',
    { query: '1', start: '2', end: '1', step: '1' },
    400,
    'bad_data',
    'invalid parameter "end": end timestamp must not be before start time',
  ],
  ['query_range', { query: '1', start: '1', end: '2' }, 400, 'bad_data', 'invalid parameter "step": cannot parse "" to a valid duration'],
  [
    'query_range',
    { query: '1', start: '1', end: '2', step: '-1' },
    400,
    'bad_data',
    'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
  ],
  [
    'query_range',
    { query: '1', start: '0', end: '11001', step: '1' },
    400,
    'bad_data',
    'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
  ],
  [
    'query_range',
    { query: 'up[1m]', start: '0', end: '1', step: '1' },
    400,
    'bad_data',
    expect.stringContaining('invalid expression type "range vector" for range query, must be Scalar or instant Vector'),
  ],
  ['series', {}, 400, 'bad_data', 'no match[] parameter provided'],
  ['series', { 'match[]': '{' }, 400, 'bad_data', expect.stringMatching(/^invalid parameter "match\[\]": 1:\d+: parse error: /)],
  ['labels', { 'match[]': 'sum(up)' }, 400, 'bad_data', expect.stringContaining('is not a selector of series')],
  ['labels', { limit: '-1' }, 400, 'bad_data', 'invalid parameter "limit": limit must be non-negative'],
  ['format_query', { query: '(' }, 400, 'bad_data', expect.stringMatching(/^invalid parameter "query": 1:\d+: parse error: /)],
] as const)('a question that is wrong is refused: %s %j', async (route, parameters, status, errorType, error) => {
  expect(await opened.ask(route, parameters)).toEqual({ status, failure: errorType, body: { status: 'error', errorType, error } });
  expect([opened.noted.asked.at(-1), opened.questions.running]).toEqual([{ route, failure: errorType }, 0]);
});
