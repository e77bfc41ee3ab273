import { describe, expect, it } from 'vitest';
import { parse } from './parse.ts';
import { QueryError } from './query-error.ts';

function faultOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof QueryError && error.type === 'bad_data') return error.message;
    throw error;
  }
  return 'none';
}

const labelSyntax = 'in label matching, expected';
const duration = 'number, duration, step(), or range()';

// Most of it is what Prometheus's own tests ask (promql/parser/parse_test.go).
describe('a question that cannot be read is told where and why, with the words of Prometheus:', () => {
  describe('its words', () => {
    it.each([
      ['', 'unknown position: parse error: no expression found in input'],
      ['# just a comment\n\n', '1:1: parse error: no expression found in input'],
      ['.', "1:1: parse error: unexpected character: '.'"],
      ['2.5.', '1:1: parse error: bad number or duration syntax: "2.5."'],
      ['100..4', '1:1: parse error: bad number or duration syntax: "100.."'],
      ['0deadbeef', '1:1: parse error: bad number or duration syntax: "0de"'],
      ['1__0', '1:1: parse error: bad number or duration syntax: "1__"'],
      ['1e', '1:1: parse error: bad number or duration syntax: "1e"'],
      ['.5.5', '1:1: parse error: error parsing number: strconv.ParseFloat: parsing ".5.5": invalid syntax'],
      ['1e999', '1:1: parse error: error parsing number: strconv.ParseFloat: parsing "1e999": value out of range'],
      ['1 !~ 1', "1:3: parse error: unexpected character after '!': '~'"],
      ['1 =~ 1', "1:3: parse error: unexpected character after '=': '~'"],
      ['a !', "1:3: parse error: unexpected character after '!': '\ufffd'"],
      ['a & b', "1:3: parse error: unexpected character: '&'"],
      ['a\n  & b', "2:3: parse error: unexpected character: '&'"],
      ['(1))', "1:5: parse error: unexpected right parenthesis ')'"],
      ['((1)', '1:5: parse error: unclosed left parenthesis'],
      ['(', '1:2: parse error: unclosed left parenthesis'],
      ['sum(', '1:5: parse error: unclosed left parenthesis'],
      ['sum(rate(', '1:10: parse error: unclosed left parenthesis'],
      ['{', '1:2: parse error: unexpected end of input inside braces'],
      ['}', "1:1: parse error: unexpected character: '}'"],
      ['some{', '1:6: parse error: unexpected end of input inside braces'],
      ['some}', "1:5: parse error: unexpected character: '}'"],
      ['some_metric{a:b="b"}', "1:14: parse error: unexpected character inside braces: ':'"],
      ['foo{a*"b"}', "1:6: parse error: unexpected character inside braces: '*'"],
      ['foo{a>="b"}', "1:6: parse error: unexpected character inside braces: '>'"],
      ['foo{1}', "1:5: parse error: unexpected character inside braces: '1'"],
      ['foo{a!"b"}', "1:6: parse error: unexpected character after '!' inside braces: '\"'"],
      ['foo{{', "1:5: parse error: unexpected left brace '{'"],
      ['some_metric{a="\ufffd"}', '1:15: parse error: invalid UTF-8 rune'],
      ['`\\``', '1:4: parse error: unterminated raw string'],
      ['"\\', '1:1: parse error: escape sequence not terminated'],
      ['"\\c"', "1:1: parse error: unknown escape sequence U+0063 'c'"],
      ['"\\x."', "1:1: parse error: illegal character U+002E '.' in escape sequence"],
      ['"\\uD800"', '1:1: parse error: escape sequence is an invalid Unicode code point'],
      ['"\\400"', '1:1: parse error: escape sequence is an invalid Unicode code point'],
      ['sum by ("foo)(some_metric{})', '1:9: parse error: unterminated quoted string'],
      ['"a\nb"', '1:1: parse error: unterminated quoted string'],
      ['foo{bar="baz"}[', '1:16: parse error: unexpected end of input in duration expression'],
      ['foo[5m', '1:7: parse error: unclosed left bracket'],
      ['foo[5mm]', '1:5: parse error: bad number or duration syntax: "5mm"'],
      ['foo[5m1]', '1:5: parse error: bad number or duration syntax: "5m1"'],
      ['foo[5m:1m1]', '1:8: parse error: bad number or duration syntax: "1m1"'],
      ['some_metric[5m] OFFSET 1mm', '1:24: parse error: bad number or duration syntax: "1mm"'],
      ['foo[5y1hs]', '1:5: parse error: unknown unit "hs" in duration "5y1hs"'],
      ['foo[5m1h]', '1:5: parse error: not a valid duration string: "5m1h"'],
      ['foo[5m1m]', '1:5: parse error: not a valid duration string: "5m1m"'],
      ['foo["5m"]', "1:5: parse error: unexpected character in duration expression: '\"'"],
      ['foo[5s x 5s]', "1:8: parse error: unexpected character: 'x', expected ':'"],
      ['foo[5m::1m]', "1:8: parse error: unexpected colon ':'"],
      ['a]', "1:2: parse error: unexpected right bracket ']'"],
    ])('%j', (text, message) => expect(faultOf(text)).toBe(message));
  });

  describe('its grammar', () => {
    it.each([
      ['1+', '1:3: parse error: unexpected end of input'],
      ['1 /', '1:4: parse error: unexpected end of input'],
      ['*1', '1:1: parse error: unexpected <op:*>'],
      ['@@', '1:1: parse error: unexpected <op:@>'],
      ['-=', '1:2: parse error: unexpected "="'],
      ['++-++-+-+-<', '1:11: parse error: unexpected <op:<>'],
      ['e-+=/(0)', '1:4: parse error: unexpected "="'],
      ['a b', '1:3: parse error: unexpected identifier "b"'],
      ['a job:x:y', '1:3: parse error: unexpected metric identifier "job:x:y"'],
      ['a 12345678901', '1:3: parse error: unexpected number "1234567890"...'],
      ['a "b"', '1:3: parse error: unexpected string "\\"b\\""'],
      ['(a, b)', '1:3: parse error: unexpected ","'],
      ['a </ b', '1:4: parse error: unexpected <op:/>'],
      ['a - on(b) ignoring(c) d', '1:11: parse error: unexpected <ignoring>'],
      ['foo + group_left(baz) bar', '1:7: parse error: unexpected <group_left>'],
      ['some_metric{a=b}', `1:15: parse error: unexpected identifier "b" ${labelSyntax} string`],
      ['foo{gibberish}', `1:14: parse error: unexpected "}" ${labelSyntax} label matching operator`],
      ['foo{__name__= =}', `1:15: parse error: unexpected "=" ${labelSyntax} string`],
      ['foo{__name__ == "bar"}', `1:15: parse error: unexpected "=" ${labelSyntax} string`],
      ['foo{,}', `1:5: parse error: unexpected "," ${labelSyntax} identifier or "}"`],
      ['foo{__name__="bar" lol}', `1:20: parse error: unexpected identifier "lol" ${labelSyntax} "," or "}"`],
      ['foo{"a"=}', `1:9: parse error: unexpected "}" ${labelSyntax} string`],
      ['foo[]', `1:5: parse error: unexpected "]" in subquery or range selector, expected ${duration}`],
      ['foo[5m 5m]', '1:8: parse error: unexpected duration "5m" in subquery or range, expected ":" or "]"'],
      ['foo[5m:1m 1m]', '1:11: parse error: unexpected duration "1m" in subquery selector, expected "]"'],
      ['some_metric[5m] OFFSET', `1:23: parse error: unexpected end of input in offset, expected ${duration}`],
      ['foo offset bar', `1:12: parse error: unexpected identifier "bar" in offset, expected ${duration}`],
      ['some_metric[5m] @', '1:18: parse error: unexpected end of input in @, expected timestamp'],
      ['foo @ start', '1:12: parse error: unexpected end of input in @, expected timestamp'],
      ['sum without(==)(some_metric)', '1:13: parse error: unexpected <op:==> in grouping opts, expected label'],
      ['sum without(,)(some_metric)', '1:13: parse error: unexpected "," in grouping opts, expected label'],
      ['sum without(foo,,)(some_metric)', '1:17: parse error: unexpected "," in grouping opts, expected label'],
      ['sum without(foo bar)(some_metric)', '1:17: parse error: unexpected identifier "bar" in grouping opts, expected "," or ")"'],
      ['sum some_metric by (test)', '1:5: parse error: unexpected identifier "some_metric"'],
      ['sum (some_metric) by test', '1:22: parse error: unexpected identifier "test" in grouping opts, expected "("'],
      ['sum by', '1:7: parse error: unexpected end of input in grouping opts, expected "("'],
      ['a + on b', '1:8: parse error: unexpected identifier "b" in grouping opts, expected "("'],
      ['sum by (job) foo', '1:14: parse error: unexpected identifier "foo" in aggregation'],
      ['sum(foo bar)', '1:9: parse error: unexpected identifier "bar" in aggregation'],
      ['sum(rate(foo[5m]) by (job))', '1:19: parse error: unexpected <by> in aggregation'],
      ['sum(foo) bar', '1:10: parse error: unexpected identifier "bar"'],
      ['MIN keep_common (some_metric)', '1:5: parse error: unexpected identifier "keep_common"'],
      ['MIN (some_metric) keep_common', '1:19: parse error: unexpected identifier "keep_common"'],
      ['sum (some_metric) without (test) by (test)', '1:34: parse error: unexpected <by>'],
      ['sum without (test) (some_metric) by (test)', '1:34: parse error: unexpected <by>'],
      ['topk(some_metric,)', '1:17: parse error: trailing commas not allowed in function call args'],
      ['rate(foo[5m],)', '1:13: parse error: trailing commas not allowed in function call args'],
      ['non_existent_function_far_bar()', '1:1: parse error: unknown function with name "non_existent_function_far_bar"'],
      ['a>b()', '1:3: parse error: unknown function with name "b"'],
      ['RATE(foo[5m])', '1:1: parse error: unknown function with name "RATE"'],
      ['mad_over_time(foo[5m])', '1:1: parse error: function "mad_over_time" is not enabled'],
      ['é', "1:1: parse error: unexpected character: 'é'"],
      ['{é="x"}', "1:2: parse error: unexpected character inside braces: 'é'"],
      ['"é" + "é" b', '1:13: parse error: unexpected identifier "b"'],
    ])('%j', (text, message) => expect(faultOf(text)).toBe(message));
  });

  describe('what modifiers belong to', () => {
    const after = 'must be preceded by an instant vector selector or range vector selector or a subquery';
    it.each([
      ['1 offset 1d', `1:1: parse error: offset modifier ${after}`],
      ['sum(foo) offset 1d', `1:1: parse error: offset modifier ${after}`],
      ['foo offset 1s offset 2s', '1:1: parse error: offset may not be set multiple times'],
      ['rate(some_metric[5m]) @ 1234', `1:1: parse error: @ modifier ${after}`],
      ['foo @ 1 @ 2', '1:1: parse error: @ <timestamp> may not be set multiple times'],
      ['foo @ start() @ 2', '1:1: parse error: @ <timestamp> may not be set multiple times'],
      ['foo @ +Inf', '1:1: parse error: timestamp out of bounds for @ modifier: +Inf'],
      ['foo @ -Inf', '1:1: parse error: timestamp out of bounds for @ modifier: -Inf'],
      ['foo @ NaN', '1:1: parse error: timestamp out of bounds for @ modifier: NaN'],
      ['foo @ 9223372036854775808', '1:1: parse error: timestamp out of bounds for @ modifier: 9223372036854775808.000000'],
      ['some_metric OFFSET 1m[5m]', '1:22: parse error: no offset modifiers allowed before range'],
      ['some_metric @ 1234 [5m]', '1:20: parse error: no @ modifiers allowed before range'],
      ['(foo + bar)[5m]', '1:12: parse error: ranges only allowed for vector selectors'],
      ['rate(food[1m])[1h] offset 1h', '1:15: parse error: ranges only allowed for vector selectors'],
      ['foo[5m][5m]', '1:8: parse error: ranges only allowed for vector selectors'],
      ['foo[0m]', '1:5: parse error: duration must be greater than 0'],
      ['foo[-1]', '1:5: parse error: duration must be greater than 0'],
      ['foo[5m:0s]', '1:8: parse error: duration must be greater than 0'],
      ['foo offset 9.5e10', '1:12: parse error: duration out of range'],
      ['foo[9.5e10]', '1:5: parse error: duration out of range'],
      ['foo[300y]', '1:5: parse error: duration out of range'],
      ['foo[5m+5m]', '1:5: parse error: experimental duration expression is not enabled'],
      ['foo[step()]', '1:5: parse error: experimental duration expression is not enabled'],
      ['foo[(5m)]', '1:5: parse error: experimental duration expression is not enabled'],
      ['foo[5m] smoothed', '1:1: parse error: smoothed modifier is experimental and not enabled'],
      ['a + fill(0) b', '1:1: parse error: binop fill modifiers are experimental and not enabled'],
    ])('%j', (text, message) => expect(faultOf(text)).toBe(message));
  });

  describe('its types', () => {
    it.each([
      ['rate(some_metric)', '1:6: parse error: expected type range vector in call to function "rate", got instant vector'],
      ['rate(avg)', '1:6: parse error: expected type range vector in call to function "rate", got instant vector'],
      ['floor(1)', '1:7: parse error: expected type instant vector in call to function "floor", got scalar'],
      [
        'label_replace(a, b, "c", "d", "e")',
        '1:18: parse error: expected type string in call to function "label_replace", got instant vector',
      ],
      ['floor()', '1:1: parse error: expected 1 argument(s) in call to "floor", got 0'],
      ['floor(some_metric, other_metric)', '1:1: parse error: expected 1 argument(s) in call to "floor", got 2'],
      ['hour(some_metric, some_metric, some_metric)', '1:1: parse error: expected at most 1 argument(s) in call to "hour", got 3'],
      ['round()', '1:1: parse error: expected at least 1 argument(s) in call to "round", got 0'],
      ['label_join(a, "b")', '1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 2'],
      ['time(some_metric)', '1:1: parse error: expected 0 argument(s) in call to "time", got 1'],
      ['1 and 1', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
      ['foo or 1', '1:1: parse error: set operator "or" not allowed in binary scalar expression'],
      ['1 unless foo', '1:1: parse error: set operator "unless" not allowed in binary scalar expression'],
      ['1 or on(bar) foo', '1:1: parse error: vector matching only allowed between instant vectors'],
      ['foo == on(bar) 10', '1:1: parse error: vector matching only allowed between instant vectors'],
      ['1 == 1', '1:3: parse error: comparisons between scalars must use BOOL modifier'],
      ['foo + bool bar', '1:5: parse error: bool modifier can only be used on comparison operators'],
      ['foo and bool 10', '1:5: parse error: bool modifier can only be used on comparison operators'],
      ['foo and on(bar) group_left(baz) bar', '1:1: parse error: no grouping allowed for "and" operation'],
      ['foo unless on(bar) group_right(baz) bar', '1:1: parse error: no grouping allowed for "unless" operation'],
      [
        'http_requests{group="production"} + on(instance) group_left(job,instance) cpu_count{type="smp"}',
        '1:35: parse error: label "instance" must not occur in ON and GROUP clause at once',
      ],
      ['"a" + foo', '1:1: parse error: binary expression must contain only scalar and instant vector types'],
      ['foo * bar[5m]', '1:7: parse error: binary expression must contain only scalar and instant vector types'],
      ['-"string"', '1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "string"'],
      ['-test[5m]', '1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "range vector"'],
      ['test[5d] OFFSET 10s [10m:5s]', '1:1: parse error: subquery is only allowed on instant vector, got matrix instead'],
      ['(foo + bar{nm="val"})[5m:][10m:5s]', '1:1: parse error: subquery is only allowed on instant vector, got matrix instead'],
      ['1[5m:]', '1:1: parse error: subquery is only allowed on instant vector, got scalar instead'],
      ['sum () by (test)', '1:1: parse error: no arguments for aggregate expression provided'],
      ['topk(some_metric)', '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1'],
      ['sum(a, b)', '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 1, got 2'],
      ['topk(some_metric, other_metric)', '1:6: parse error: expected type scalar in aggregation parameter, got instant vector'],
      ['count_values(5, other_metric)', '1:14: parse error: expected type string in aggregation parameter, got scalar'],
      ['sum(foo[5m])', '1:5: parse error: expected type instant vector in aggregation expression, got range vector'],
      ['limitk(2, foo)', '1:1: parse error: limitk() is experimental and not enabled'],
      ['sum by ("") (foo)', '1:9: parse error: invalid label name for grouping: ""'],
      ['sum by ("a\\xc5z") (foo)', '1:9: parse error: invalid label name for grouping: "a\\xc5z"'],
    ])('%j', (text, message) => expect(faultOf(text)).toBe(message));
  });

  describe('its selectors', () => {
    const empty = 'vector selector must contain at least one non-empty matcher';
    it.each([
      ['{}', `1:1: parse error: ${empty}`],
      ['{x=""}', `1:1: parse error: ${empty}`],
      ['{x=~".*"}', `1:1: parse error: ${empty}`],
      ['{x!~".+"}', `1:1: parse error: ${empty}`],
      ['{x!="a"}', `1:1: parse error: ${empty}`],
      ['{""}', `1:1: parse error: ${empty}`],
      ['a + {}', `1:5: parse error: ${empty}`],
      ['foo{__name__="bar"}', '1:1: parse error: metric name must not be set twice: "foo" or "bar"'],
      ['foo{"bar"}', '1:1: parse error: metric name must not be set twice: "foo" or "bar"'],
      ['foo{a=~"[b"}', '1:5: parse error: error parsing regexp: missing closing ]: `[b`'],
      ['{"a.b" , c!~"*"}', '1:10: parse error: error parsing regexp: missing argument to repetition operator: `*`'],
    ])('%j', (text, message) => expect(faultOf(text)).toBe(message));
  });

  it('also as a place that can be marked', () => {
    const text = 'sum(\n  rate(foo)\n)';
    expect(() => parse(text)).toThrow(expect.objectContaining({ at: { from: 12, to: 15 } }));
  });

  it('unless functions are asked for that Prometheus has behind a flag', () => {
    expect(parse('mad_over_time(foo[5m])', { experimental: true })).toMatchObject({ kind: 'call', name: 'mad_over_time' });
  });
});

describe('a question that would take too much is refused', () => {
  it.each([
    [
      'far too long',
      '('.repeat(100 << 20),
      /^unknown position: parse error: expression is too long: 104857600 characters, at most 1048576$/,
    ],
    ['parentheses', '('.repeat(1 << 20), /^1:501: parse error: expression is nested deeper than 500 levels$/],
    ['calls', `${'abs('.repeat(5000)}a${')'.repeat(5000)}`, /nested deeper than 500 levels$/],
    ['words', 'a+'.repeat(1 << 19), /^1:50001: parse error: expression has more than 50000 words$/],
    ['a chain', `${'a+'.repeat(600)}a`, /^1:1: parse error: expression is nested deeper than 500 levels$/],
    ['a long chain', `${'a+'.repeat(24_000)}a`, /nested deeper than 500 levels$/],
    ['a chain to the right', `${'a^'.repeat(24_000)}a`, /nested deeper than 500 levels$/],
    ['signs', `${'-+'.repeat(20_000)}a`, /nested deeper than 500 levels$/],
    ['signs before numbers', '-1'.repeat(20_000), /nested deeper than 500 levels$/],
    ['modifiers', `a${' offset 0s'.repeat(10_000)}`, /nested deeper than 500 levels$/],
    ['subqueries', `a${'[1m:]'.repeat(10_000)}`, /nested deeper than 500 levels$/],
    ['faults', `(${'-{}-1'.repeat(5000)})`, /nested deeper than 500 levels$/],
    ['labels', `a{${'b="c",'.repeat(20_000)}}`, /more than 50000 words$/],
    ['brackets', 'a['.repeat(100_000), /unexpected character in duration expression: 'a'$/],
    [
      'regular expressions',
      `{${Array.from({ length: 12_000 }, (_, index) => `a=~"(x[a-z]{9}${index}){90}"`).join(',')}}`,
      /regular expressions of the question are too large together$/,
    ],
    [
      'a regular expression',
      `{a=~"${'(x+x+)+'.repeat(10_000)}"}`,
      /^1:2: parse error: regular expression is too large: about \d+ instructions, at most 10000$/,
    ],
  ])('early: %s', (_, text, message) => expect(() => parse(text)).toThrow(message));

  it.each([
    ['parentheses', `${'('.repeat(499)}a${')'.repeat(499)}`],
    [
      'a chain of long operands',
      Array.from({ length: 500 }, (_, index) => `node_memory_MemAvailable_bytes{instance="n${index}"}`).join(' or '),
    ],
    ['aggregations of subqueries', `${'sum(max_over_time('.repeat(120)}a${'[1h:1m] offset 1m @ 3))'.repeat(120)}`],
  ])('but not what a machine may write: %s', (_, text) => expect(parse(text)).toHaveProperty('kind'));
});
