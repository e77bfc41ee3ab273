import { readFile, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runScript } from './run-script.ts';

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn("skipped: Prometheus's PromQL scripts, because VIGIE_TEST_DATA does not say where they are");

/** How many questions of each script select native histograms or are answered with them. */
const needNativeHistograms: Readonly<Record<string, number>> = {
  'aggregators.test': 35,
  'collision.test': 0,
  'functions.test': 108,
  'literals.test': 0,
  'name_label_dropping.test': 0,
  'selectors.test': 0,
  'staleness.test': 0,
  'trig_functions.test': 0,
};

describe.skipIf(data === undefined)("Prometheus's PromQL scripts, which VIGIE_TEST_DATA names", () => {
  const folder = `${data}/promqltest`;

  it.each(Object.entries(needNativeHistograms))('%s: all but %d questions are answered as there', async (file, skipped) => {
    const outcome = await runScript(await readFile(`${folder}/${file}`, 'utf8'));
    expect(outcome.failures).toEqual([]);
    expect(outcome.skipped).toHaveLength(skipped);
    expect(outcome.passed).toBeGreaterThan(0);
  });

  it('are all known', async () => {
    const files = (await readdir(folder)).filter((name) => name.endsWith('.test'));
    expect(files.sort()).toEqual(Object.keys(needNativeHistograms));
  });
});

describe('a script', () => {
  const loaded = `
load 1m
  requests_total{node="a"} 0+60x10
  requests_total{node="b"} 0+120x10
  temperature 20 21 stale 22 NaN
  sizes {{schema:0 sum:5 count:4 buckets:[1 2 1]}}x10

`;

  it('whose answers are right passes', async () => {
    const outcome = await runScript(`${loaded}
eval instant at 10m rate(requests_total[5m])
  expect no_info
  {node="a"} 1
  {node="b"} 2

eval range from 0 to 4m step 1m temperature
  temperature 20 21 _ 22 NaN

eval instant at 10m sort_desc(requests_total)
  expect ordered
  requests_total{node="b"} 1200
  requests_total{node="a"} 600

eval instant at 5m rate(temperature[5m])
  expect info msg: PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "temperature" (1:6)
  {} NaN

eval instant at 2m temperature[2m]
  expect range vector from 1m to 2m step 1m
  temperature 21

eval instant at 0 scalar(requests_total{node="none"})
  NaN

eval instant at 0 "text"
  expect string 'text'

eval_fail instant at 0 {__name__=~"requests.*"} + on() group_left() {__name__=~"requests.*"}
`);
    expect(outcome.failures).toEqual([]);
    expect(outcome).toMatchObject({ passed: 8, skipped: [] });
  });

  it.each([
    ['another value', 'requests_total{node="a"}', 'requests_total{node="a"} 601', 'requests_total'],
    ['a series too much', 'requests_total', 'requests_total{node="a"} 600', 'node="b"'],
    ['a series too few', 'requests_total{node="a"}', 'requests_total{node="a"} 600\n  requests_total{node="c"} 1', 'no such series'],
    ['a scalar', '1', '{} 1', 'scalar'],
    ['a warning that is not there', 'vector(1)', 'expect warn\n  {} 1', 'no warning'],
    ['an info that must not be', 'rate(temperature[10m])', 'expect no_info', 'might not be a counter'],
    ['an answer', 'vector(1)', 'expect fail', 'vector'],
    ['an error', 'temperature + on() group_left() (', '{} 1', 'parse error'],
    ['another error', 'vector(1) +', 'expect fail msg: no', 'parse error'],
    [
      'another order',
      'sort(requests_total)',
      'expect ordered\n  requests_total{node="b"} 1200\n  requests_total{node="a"} 600',
      'node="a"',
    ],
    ['a text', '"a"', 'expect string "b"', 'the text a'],
  ])('fails where there is %s', async (_what, text, expected, got) => {
    const { passed, failures } = await runScript(`${loaded}eval instant at 10m ${text}\n  ${expected}\n`);
    expect(passed).toBe(0);
    expect(failures).toMatchObject([{ line: 8, text, way: 'as written', got: expect.stringContaining(got) }]);
  });

  it.each([
    ['selects native histograms', 'count(sizes)', '{} 1'],
    ['is answered with them', 'vector(1)', '{} {{count:1}}'],
    ['selects them among others', 'count({__name__=~".+"})', '{} 1'],
  ])('skips what %s', async (_why, text, expected) => {
    expect(await runScript(`${loaded}eval instant at 1m ${text}\n  ${expected}\n`)).toEqual({ passed: 0, failures: [], skipped: [8] });
  });

  it('forgets them when it clears', async () => {
    expect(await runScript(`${loaded}clear\neval instant at 1m count(sizes)\n`)).toMatchObject({ passed: 1, skipped: [] });
  });

  it('knows that classic histograms were loaded as native ones, too', async () => {
    const outcome = await runScript(`
load_with_nhcb 1m
  latency_bucket{le="1", node="a"} 0+1x5
  latency_bucket{le="+Inf", node="a"} 0+2x5
  latency_sum{node="a"} 0+3x5

eval instant at 5m histogram_quantile(0.5, latency_bucket)
  {node="a"} 1

eval instant at 5m histogram_quantile(0.5, latency)
  {node="a"} 1
`);
    expect(outcome).toEqual({ passed: 1, failures: [], skipped: [10] });
  });
});
