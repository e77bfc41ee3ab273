import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { labelsOf } from './labels.ts';
import { labelsTest, matcherTest } from './match-labels.ts';
import { globTest } from './match/globs.ts';
import { QueryError } from './query-error.ts';

function matches(op: '=' | '!=' | '=~' | '!~', wanted: string, value: string): boolean {
  return matcherTest({ name: 'a', op, value: wanted })(value);
}

describe('a matcher', () => {
  it.each([
    ['=', 'x', 'x', true],
    ['=', '', '', true],
    ['=', 'x', 'xy', false],
    ['!=', 'x', 'y', true],
    ['!=', '', '', false],
    ['=~', 'ab', 'ab', true],
    ['=~', 'ab', 'abc', false],
    ['=~', 'a|b', 'b', true],
    ['=~', 'a|b', 'ab', false],
    ['=~', '(a|b)', 'b', true],
    ['=~', '(?:a|b)', 'c', false],
    ['=~', 'a|', '', true],
    ['=~', '', '', true],
    ['=~', '', 'a', false],
    ['=~', '.*', '', true],
    ['=~', '.+', '', false],
    ['=~', '.+', '\n', true],
    ['=~', 'a.b', 'a\nb', true],
    ['=~', 'a.*', 'a\nb', true],
    ['=~', 'a.*', 'ba', false],
    ['=~', '.*a', 'ba', true],
    ['=~', '.*a.*', 'bab', true],
    ['=~', 'a.+a', 'aa', false],
    ['=~', 'a.*a', 'aa', true],
    ['=~', 'a.*a', 'a', false],
    ['=~', '^a.*$', 'ab', true],
    ['=~', '^a|b$', 'b', true],
    ['=~', 'node\\.1|node\\-2', 'node-2', true],
    ['=~', 'node\\.1', 'nodex1', false],
    ['=~', '(?i)AB', 'aB', true],
    ['=~', '[ab]+', 'abba', true],
    ['=~', '\\d{2,}', '123', true],
    ['=~', '\\pL+', 'é', true],
    ['=~', '.', '😀', true],
    ['!~', 'a.*', 'ab', false],
    ['!~', 'a.*', 'b', true],
    ['!~', '.+', '', true],
  ] as const)('a%s"%s" says of "%s": %s', (op, wanted, value, expected) => {
    expect(matches(op, wanted, value)).toBe(expected);
  });

  it('takes alternatives of text and gaps just as RE2 does, for generated expressions and values', () => {
    const random = randomNumbers(7);
    const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] as string;
    const text = (pieces: readonly string[], most: number): string =>
      Array.from({ length: Math.floor(random() * most) }, () => pick(pieces)).join('');
    let fast = 0;
    for (let round = 0; round < 3000; round++) {
      const pattern = text(['a', 'b', 'ab', '.*', '.+', '.*?', '|', '\\.', '^', '$', '(', ')', '.', '*', '😀'], 8);
      const test = globTest(pattern);
      if (test === undefined) continue;
      fast++;
      const regex = RE2JS.compile(pattern, RE2JS.DOTALL);
      for (let index = 0; index < 20; index++) {
        const value = text(['a', 'b', 'ab', '.', '\n', '😀'], 6);
        expect([pattern, value, test(value)]).toEqual([pattern, value, regex.matches(value)]);
      }
    }
    expect(fast).toBeGreaterThan(500);
  });

  it.each([
    ['[a', 'error parsing regexp: missing closing ]: `[a`'],
    ['*', 'error parsing regexp: missing argument to repetition operator: `*`'],
    ['a**', 'error parsing regexp: invalid nested repetition operator: `**`'],
    ['a)', 'error parsing regexp: unexpected ): `a)`'],
    ['a\\', 'error parsing regexp: trailing backslash at end of expression: ``'],
    ['(?=a)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
  ])('refuses %s with the words of Prometheus', (pattern, message) => {
    expect(() => matcherTest({ name: 'a', op: '=~', value: pattern })).toThrow(new QueryError('bad_data', message));
  });

  it.each([
    ['x'.repeat(300_000), /^regular expression is too long/],
    ['(aaaaaaaaaa){1000}'.repeat(100), /^regular expression is too large/],
    ['((a{100}b){10}c){10}', /^regular expression is too large/],
    [`[a-z]${'.?'.repeat(6000)}`, /^regular expression is too large/],
  ])('refuses what would take too much time and memory', (pattern, message) => {
    expect(() => matcherTest({ name: 'a', op: '!~', value: pattern })).toThrow(message);
  });

  it.each(['[a-z]{1000}', '(?i)node-(1|2|3)\\.cluster', '[[:alpha:]]+[^]a]{3}', `${'node[0-9]|'.repeat(500)}x`])(
    'does not refuse %s',
    (pattern) => {
      expect(matcherTest({ name: 'a', op: '=~', value: pattern })('')).toBe(false);
    },
  );
});

describe('matchers together', () => {
  it('take the labels that all of them take, an absent label being empty', () => {
    const test = labelsTest([
      { name: '__name__', op: '=', value: 'up' },
      { name: 'job', op: '=~', value: 'a|b' },
      { name: 'rack', op: '!=', value: 'r1' },
    ]);
    expect(test(labelsOf({ __name__: 'up', job: 'a' }))).toBe(true);
    expect(test(labelsOf({ __name__: 'up', job: 'c' }))).toBe(false);
    expect(test(labelsOf({ __name__: 'up', job: 'b', rack: 'r1' }))).toBe(false);
    expect(labelsTest([{ name: 'job', op: '=', value: '' }])(labelsOf({ __name__: 'up' }))).toBe(true);
    expect(labelsTest([])([])).toBe(true);
  });
});

/** Numbers from 0 to 1 that are the same every time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
