import { describe, expect, it } from 'vitest';
import { ConfigError, optionalSection, readConfig, section } from './config.ts';
import { choice, count, duration, flag, isHttpUrl, list, optionalText, size, text, texts } from './fields.ts';

const fields = {
  name: text('a', 'Name.'),
  url: optionalText('URL.', isHttpUrl),
  period: duration('5s', 'Period.', { atLeast: '100ms' }),
  room: size('1MiB', 'Room.'),
  on: flag(true, 'On.'),
  many: count(3, 'Many.', { min: 1, max: 10 }),
  kind: choice(['one', 'two', '3'], 'one', 'Kind.'),
  urls: list(['http://a'], 'URLs.', isHttpUrl),
  labels: texts('Labels.'),
  inner: section({ deep: section({ deeper: count(1, 'Deeper.') }, 'Deep.') }, 'Inner.'),
  maybe: optionalSection({ key: text('k', 'Key.') }, 'Maybe.'),
};
const read = (document: unknown, env: Readonly<Record<string, string>> = {}): ReturnType<typeof readConfig<typeof fields>> =>
  readConfig(fields, document, 'a.yaml', env);
const faultsOf = (document: unknown, env: Readonly<Record<string, string>> = {}): readonly string[] => {
  try {
    read(document, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ path, problem, suggestion }) => `${path}: ${problem}; ${suggestion}`);
    throw error;
  }
  return [];
};

describe('a configuration', () => {
  it('has its defaults where nothing is given, and null is nothing', () => {
    const defaults = {
      name: 'a',
      url: undefined,
      period: 5000,
      room: 1 << 20,
      on: true,
      many: 3,
      kind: 'one',
      urls: ['http://a'],
      labels: {},
      inner: { deep: { deeper: 1 } },
      maybe: undefined,
    };
    expect(read(undefined)).toEqual(defaults);
    expect(read({ inner: null, period: null, maybe: null })).toEqual(defaults);
  });

  it('is read as written', () => {
    expect(
      read({
        name: 7,
        url: 'https://x:1',
        period: '1.5h',
        room: '2 kB',
        on: false,
        many: 10,
        kind: 3,
        urls: 'http://b',
        labels: { rack: 2 },
        inner: { deep: { deeper: 5 } },
        maybe: {},
      }),
    ).toEqual({
      name: '7',
      url: 'https://x:1',
      period: 5_400_000,
      room: 2000,
      on: false,
      many: 10,
      kind: '3',
      urls: ['http://b'],
      labels: { rack: '2' },
      inner: { deep: { deeper: 5 } },
      maybe: { key: 'k' },
    });
  });

  it('has all its faults named at once, each with its path and a suggestion', () => {
    expect(
      faultsOf({
        name: '',
        url: 'ftp://x',
        period: '5 apples',
        room: '5',
        on: 'yes',
        many: 11,
        kind: 'twoo',
        urls: ['http://a', 'b'],
        labels: 3,
        inner: { deep: { deper: 1 } },
        perod: '1s',
        zzz: 1,
      }),
    ).toEqual([
      'perod: unknown key; did you mean period?',
      expect.stringMatching(/^zzz: unknown key; remove it, or take one of name, url/),
      'name: "" is not a text; write it in quotes',
      'url: "ftp://x" is not an http URL; write it like http://collector:9797',
      'period: "5 apples" is not a duration; write a number with ms, s, m, h or d, like 5s',
      'room: "5" is not a size; write a number with B, KiB, MiB or GiB, like 1MiB',
      'on: "yes" is neither true nor false; write true or false',
      'many: 11 is not a whole number in its bounds; give 1 to 10, like 3',
      'kind: "twoo" is not known here; did you mean two?, or take one of one, two, 3',
      'urls[1]: "b" is not an http URL; write it like http://collector:9797',
      'labels: 3 is not a group of keys; indent `key: value` lines under it',
      'inner.deep.deper: unknown key; did you mean deeper?',
    ]);
    expect(() => read({ on: 1, many: 'x' })).toThrow(/^a\.yaml: 2 faults\n {2}on: .*\n {2}many: /);
    expect(faultsOf([])).toEqual([': [] is not a group of keys; indent `key: value` lines under it']);
    expect(faultsOf({ period: '50ms' })).toEqual(['period: "50ms" is too short; give 100ms or more']);
    expect(faultsOf({ constructor: 1, toString: 2 })).toHaveLength(2);
  });

  it('takes variables from the environment, inside values only', () => {
    const env = { HOST: 'h', EVIL: 'a\nperiod: 1d' };
    expect(read({ url: 'http://${HOST}:${PORT:-8086}' }, env).url).toBe('http://h:8086');
    expect(read({ name: '${EVIL}' }, env)).toMatchObject({ name: 'a\nperiod: 1d', period: 5000 });
    expect(faultsOf({ urls: ['http://a', 'http://${NOBODY}'] }, env)[0]).toBe(
      'urls[1]: the variable NOBODY is not set; set it, or write ${NOBODY:-default}',
    );
  });
});
