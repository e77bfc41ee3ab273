import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Collector } from '../../collector/collector.ts';
import { openCollector, post, temporaryFolder } from '../collector.ts';
import { startInfluxd } from '../services/influxd.ts';
import { needsServer } from '../services/needs-server.ts';
import type { Service } from '../services/service.ts';

const T = Math.floor(Date.now() / 1000) * 1000;
const values = (...texts: readonly string[]): string[] => texts.map((text) => `cpu,instance=a v=${text} ${T}`);
const times = (...texts: readonly string[]): string[] => texts.map((text) => `cpu,instance=a v=1 ${text}`);

const LINES: readonly string[] = [
  ...values(
    '1',
    '-1',
    '+1',
    '-',
    '--1',
    '1.',
    '.5',
    '-.5',
    '.',
    '1.2.3',
    '1e5',
    '1E5',
    '1e+5',
    '1e-5',
    '1e',
    'e5',
    '1e5.5',
    '1e400',
    '1e-400',
    '0x10',
    '1_000',
    '007',
    '1,5',
  ),
  ...values(
    'NaN',
    'nan',
    'Inf',
    '-Inf',
    '+Inf',
    'inf',
    'infinity',
    'null',
    '',
    '1f',
    '1I',
    '1d',
    '12345678901234567890123',
    '0.1234567890123456789',
  ),
  ...values(
    '1i',
    '-1i',
    '+1i',
    '1.5i',
    '1e5i',
    'i',
    '-i',
    '9223372036854775807i',
    '9223372036854775808i',
    '-9223372036854775808i',
    '-9223372036854775809i',
    '-1u',
  ),
  ...values('t', 'T', 'true', 'True', 'TRUE', 'f', 'F', 'false', 'False', 'FALSE', 'tRUE', 'yes', 'truee', 'tr', 'fals'),
  ...values(
    '"x"',
    '""',
    '"a b,c=d"',
    String.raw`"a\"b"`,
    String.raw`"a\\"`,
    '"a\nb"',
    String.raw`"a\"`,
    '"a',
    "'a'",
    'a',
    '"a",w=2',
    '"#"',
    '1,w="a\nb"',
    '1,w=2',
    '1, w=2',
    '1,w=2,',
    '1,',
    '1,,w=2',
    '1,v=2',
    '1"2"',
  ),
  ...times(
    '',
    ' ',
    `${T} `,
    ` ${T}`,
    `\t${T}`,
    'abc',
    `${T}x`,
    '1.5',
    `+${T}`,
    `${T} 5`,
    '1e12',
    '99999999999999999999',
    `${T}i`,
    '-',
    `"${T}"`,
    `${T}\t`,
    `${T}#c`,
    '# c',
    `${T}\rcpu,instance=a v=2 ${T}`,
  ),
  '',
  '   ',
  ' ',
  '# comment',
  '  # comment',
  '\n\n',
  `\tcpu,instance=a v=1 ${T}`,
  ` cpu,instance=a v=1 ${T}`,
  `cpu,instance=a  v=1 ${T}`,
  'cpu',
  '=',
  ',',
  '"',
  '\\',
  '\\ ',
  '{"a":1}',
  '<html>',
  'a b c d e',
  'v=1',
  'cpu,instance=a',
  'cpu,instance=a ',
  String.raw`cpu\ v=1`,
  ...[
    ',instance=a',
    'cpu,instance=a,',
    'cpu,,instance=a',
    'cpu,instance=a,x=',
    'cpu,instance=a,=y',
    'cpu,instance=a,x',
    'cpu,instance=a,x=y=z',
    'cpu,instance=a,x=1,x=2',
  ].map((head) => `${head} v=1 ${T}`),
  ...[
    String.raw`x=a\ b`,
    String.raw`x=a\,b`,
    String.raw`x=a\=b`,
    String.raw`x\ y=a`,
    String.raw`x\=y=a`,
    String.raw`x\,y=a`,
    String.raw`x=a\\`,
    String.raw`x=a\\b`,
    String.raw`x=a\\\ b`,
    String.raw`x=a\\,y=b`,
    String.raw`x=a\\\,b`,
    String.raw`x=a\b`,
  ].map((tag) => `cpu,instance=a,${tag} v=1 ${T}`),
  ...['x=\\', String.raw`x=\,y=1`, 'x="q"', 'x="q r"', "x='q'", 'x={}', 'time=x', 'ü=ö', '_x=1'].map(
    (tag) => `cpu,instance=a,${tag} v=1 ${T}`,
  ),
  ...[String.raw`c\ pu`, String.raw`c\,pu`, 'c=pu', String.raw`c\=pu`, 'time', 'é', '_cpu'].map(
    (measurement) => `${measurement},instance=a v=1 ${T}`,
  ),
  ...['v', '=1', String.raw`v\ w=1`, String.raw`v\,w=1`, String.raw`v\=w=1`, 'v=w=1', String.raw`v\=1`, 'time=1', 'µ=1', '_=1', ',v=1'].map(
    (fields) => `cpu,instance=a ${fields} ${T}`,
  ),
  `cpu,instance=a\tv=1 ${T}`,
  `cpu,instance=a v=1\t${T}`,
  `cpu,instance=a\nb v=1 ${T}`,
];

/** Where we answer otherwise, and why. */
const OTHERWISE: readonly (readonly [line: string, reason: string])[] = [
  [`cpu,instance=a v=1u ${T}`, 'InfluxDB 1 was built without unsigned integers; 2 and 3 have them'],
  [`cpu,instance=a v=1 ${T}\r`, 'senders on Windows end lines so; stores get them without'],
  [`cpu,instance=a v=1\r`, 'the same'],
  [`cpu v=1 ${T}`, 'a series belongs to a node'],
  [String.raw`cpu\,instance=a v=1 ${T}`, 'the same: the comma is part of the measurement'],
  [`cpu,instance=a\\ b v=1 ${T}`, 'a node’s name stands in paths and addresses'],
  [`"cpu",instance=a v=1 ${T}`, 'no name in Prometheus can hold a quote'],
  [`cpu,instance=a "v"=1 ${T}`, 'the same'],
  [String.raw`cpu,instance=a v\\w=1 ${T}`, 'nor a backslash'],
  [`cpu,instance=a,x=\u0001 v=1 ${T}`, 'control characters in labels are somebody trying something'],
  [`cpu,instance=a\\\nb v=1 ${T}`, 'a line break ends a line'],
  [`cpu,instance=a v="a""b" ${T}`, 'a string ends at its quote'],
];

needsServer('influxd')('line protocol, judged beside InfluxDB 1.6', () => {
  const folder = temporaryFolder();
  let influxd: Service;
  let collector: Collector;
  beforeAll(async () => {
    [influxd, collector] = await Promise.all([startInfluxd(), openCollector(folder.path)]);
  });
  afterAll(async () => {
    await Promise.all([influxd.stop(), collector.close()]);
    folder.remove();
  });

  const both = async (line: string, at: number): Promise<readonly [boolean, boolean]> => {
    // A database each: a field has one type for good.
    await query(influxd, `CREATE DATABASE d${at}`);
    const write = (): ReturnType<typeof post> => post(influxd.url, line, { path: `/write?precision=ms&db=d${at}` });
    let theirs = await write();
    // Now and then it has not heard of its new database yet.
    for (let tries = 0; theirs.status === 404 && tries < 10; tries++) theirs = await write();
    await query(influxd, `DROP DATABASE d${at}`);
    // A node each: series of the same name are refused by what came before.
    const ours = await post(collector.url, line.replaceAll('instance=a', `instance=a${at}`));
    return [theirs.status === 204, ours.status === 204];
  };

  it('is accepted and refused as InfluxDB does', async () => {
    const differing: string[] = [];
    for (const [at, line] of LINES.entries()) {
      const [theirs, ours] = await both(line, at);
      if (theirs !== ours) differing.push(`${JSON.stringify(line)}: InfluxDB ${theirs ? 'takes' : 'refuses'} it`);
    }
    expect(differing).toEqual([]);
  });

  it.each(OTHERWISE.map(([line, reason], at) => [line, reason, at] as const))('%j is judged otherwise: %s', async (line, _reason, at) => {
    const [theirs, ours] = await both(line, 1000 + at);
    expect(ours).toBe(!theirs);
  });
});

function query({ url }: Service, statement: string): Promise<Response> {
  return fetch(`${url}/query?${new URLSearchParams({ q: statement }).toString()}`, { method: 'POST' });
}
