import { describe, expect, it } from 'vitest';
import type { Expression } from './ast.ts';
import { parse } from './parse.ts';

/** An expression with all that binds in parentheses, and where each operand and operation stands. */
function shapeOf(expression: Expression): string {
  const { from, to } = expression.at;
  return `${shapeWithoutPlace(expression)}@${from}-${to}`;
}

function shapeWithoutPlace(one: Expression): string {
  switch (one.kind) {
    case 'number':
      return Object.is(one.value, -0) ? '-0' : String(one.value);
    case 'string':
      return JSON.stringify(one.value);
    case 'selector':
      return `${one.matchers.map(({ name, op, value }) => (name === '__name__' && op === '=' ? value : `${name}${op}${value}`)).join(',')}${movedText(one)}`;
    case 'subquery':
      return `${shapeOf(one.of)}:${one.step ?? ''}${movedText(one)}`;
    case 'parentheses':
      return `(${shapeOf(one.of)})`;
    case 'unary':
      return `${one.op}${shapeOf(one.of)}`;
    case 'binary':
      return `<${shapeOf(one.left)} ${one.op}${one.bool ? ' bool' : ''} ${shapeOf(one.right)}>`;
    case 'aggregate':
      return `${one.op}${one.without ? ' without' : ''}[${one.labels.join()}](${[one.parameter, one.of].flatMap((part) => (part === undefined ? [] : [shapeOf(part)])).join(', ')})`;
    case 'call':
    default:
      return `${one.name}(${one.args.map(shapeOf).join(', ')})`;
  }
}

function movedText({ range, offset, fixed }: { range?: number | undefined; offset: number; fixed: number | string | undefined }): string {
  return `${range === undefined ? '' : `[${range}]`}${fixed === undefined ? '' : ` at ${fixed}`}${offset === 0 ? '' : ` off ${offset}`}`;
}

describe('numbers', () => {
  it.each<[string, number]>([
    ['1', 1],
    ['+Inf', Infinity],
    ['-iNF', -Infinity],
    ['.5', 0.5],
    ['5.', 5],
    ['123.4567', 123.4567],
    ['5e-3', 0.005],
    ['5E3', 5000],
    ['0xc', 12],
    ['0X1F', 31],
    ['0x_ff', 255],
    ['0755', 493],
    ['089', 89],
    ['-0755', -493],
    ['+5.5e-3', 0.0055],
    ['1_000', 1000],
    ['1_0.5_0e1_0', 10.5e10],
    ['0x7fffffffffffffff', 2 ** 63],
    ['9999999999999999999', 1e19],
    ['-0', -0],
    ['--1', 1],
    ['- # why\n 1', -1],
    ['1h30m', 5400],
    ['1y2w3d4h5m6s7ms', 365 * 86_400 + 14 * 86_400 + 3 * 86_400 + 4 * 3600 + 5 * 60 + 6.007],
    ['-5m', -300],
    ['NaN', Number.NaN],
    ['nan', Number.NaN],
  ])('%s is %d', (text, value) => {
    expect(parse(text)).toMatchObject({ kind: 'number', value, at: { from: 0, to: text.length } });
  });

  it('know whether they are written as durations', () => {
    expect(parse('5m')).toHaveProperty('isDuration', true);
    expect(parse('0x5d')).not.toHaveProperty('isDuration');
  });
});

describe('texts', () => {
  it.each([
    ['"double-quoted string \\" with escaped quote"', 'double-quoted string " with escaped quote'],
    ["'single-quoted string \\' with \"'", 'single-quoted string \' with "'],
    ['`backtick-quoted \\n "string"\n`', 'backtick-quoted \\n "string"\n'],
    ['"\\a\\b\\f\\n\\r\\t\\v\\\\\\""', '\x07\b\f\n\r\t\v\\"'],
    ['"\\u1234\\U00010111\\U0001011111☺"', '\u1234\u{10111}\u{10111}11☺'],
    ['"\\x41\\101"', 'AA'],
    ['"\\xe2\\x98\\xba\\342\\230\\272"', '☺☺'],
    ['"\\xFF\\377a"', '\udcff\udcffa'],
    ['"\\xef\\xbf\\xbd"', '\ufffd'],
    ['"#no comment"', '#no comment'],
    ['""', ''],
  ])('%s says %j', (text, value) => {
    expect(parse(text)).toEqual({ kind: 'string', at: { from: 0, to: text.length }, value });
  });
});

describe('what binds', () => {
  it.each([
    ['-1^2', '-<1@1-2 ^ 2@3-4>@1-4@0-4'],
    ['-1^-2', '-<1@1-2 ^ -2@3-5>@1-5@0-5'],
    ['-1*2', '<-1@0-2 * 2@3-4>@0-4'],
    ['-1+2', '<-1@0-2 + 2@3-4>@0-4'],
    ['+1 + -2 * 1', '<1@0-2 + <-2@5-7 * 1@10-11>@5-11>@0-11'],
    ['1 - -1', '<1@0-1 - -1@4-6>@0-6'],
    ['1 -1', '<1@0-1 - 1@3-4>@0-4'],
    ['1 + 2/(3*1)', '<1@0-1 + <2@4-5 / (<3@7-8 * 1@9-10>@7-10)@6-11>@4-11>@0-11'],
    ['1 < bool 2 - 1 * 2', '<1@0-1 < bool <2@9-10 - <1@13-14 * 2@17-18>@13-18>@9-18>@0-18'],
    ['a ^ b ^ c', '<a@0-1 ^ <b@4-5 ^ c@8-9>@4-9>@0-9'],
    ['a - b - c', '<<a@0-1 - b@4-5>@0-5 - c@8-9>@0-9'],
    ['a atan2 b * c', '<<a@0-1 atan2 b@8-9>@0-9 * c@12-13>@0-13'],
    ['a == b > c', '<<a@0-1 == b@5-6>@0-6 > c@9-10>@0-10'],
    ['-a * b', '<-a@1-2@0-2 * b@5-6>@0-6'],
    ['- -a', '--a@3-4@2-4@0-4'],
    [' +{"some_metric"}', '+some_metric@2-17@1-17'],
    ['foo + bar or bla and blub', '<<foo@0-3 + bar@6-9>@0-9 or <bla@13-16 and blub@21-25>@13-25>@0-25'],
    ['foo and bar unless baz or qux', '<<<foo@0-3 and bar@8-11>@0-11 unless baz@19-22>@0-22 or qux@26-29>@0-29'],
    ['a > b @ 1 + c', '<a@0-1 > <b at 1000@4-9 + c@12-13>@4-13>@0-13'],
    ['a + b offset 5m', '<a@0-1 + b off 300000@4-15>@0-15'],
    ['a ^ b offset 1m * c', '<<a@0-1 ^ b off 60000@4-15>@0-15 * c@18-19>@0-19'],
    ['-a offset 5m', '-a off 300000@1-12@0-12'],
    ['foo offset -1^1', '<foo off -1000@0-13 ^ 1@14-15>@0-15'],
    ['foo offset 5s-8', '<foo off 5000@0-13 - 8@14-15>@0-15'],
    ['a + max_over_time(b[5m:])', '<a@0-1 + max_over_time(b@18-19:[300000]@18-24)@4-25>@0-25'],
  ])('%s', (text, shape) => expect(shapeOf(parse(text))).toBe(shape));
});

describe('how vectors match', () => {
  it.each([
    ['foo * bar', { card: 'one-to-one', on: false, labels: [], include: [] }],
    ['foo * 2', undefined],
    ['foo == bool 1', undefined],
    ['foo * on(test,blub) bar', { card: 'one-to-one', on: true, labels: ['test', 'blub'], include: [] }],
    ['foo * on(test,blub) group_left bar', { card: 'many-to-one', on: true, labels: ['test', 'blub'], include: [] }],
    ['foo and bar', { card: 'many-to-many', on: false, labels: [], include: [] }],
    ['foo and on() bar', { card: 'many-to-many', on: true, labels: [], include: [] }],
    ['foo UNLESS IGNORING(start, "a.b",) bar', { card: 'many-to-many', on: false, labels: ['start', 'a.b'], include: [] }],
    ['foo / ignoring(test,blub) group_left(blub) bar', { card: 'many-to-one', on: false, labels: ['test', 'blub'], include: ['blub'] }],
    ['foo - on(test,blub) group_right(bar,foo) bar', { card: 'one-to-many', on: true, labels: ['test', 'blub'], include: ['bar', 'foo'] }],
    ['foo >= bool on(a) group_right() bar', { card: 'one-to-many', on: true, labels: ['a'], include: [] }],
  ])('%s', (text, matching) => expect(parse(text)).toMatchObject({ kind: 'binary', matching }));
});

describe('selectors', () => {
  const bar = { name: '__name__', op: '=', value: 'bar' };
  it.each([
    ['bar', [bar]],
    ['bar{}', [bar]],
    [
      'foo:bar{a="bc"}',
      [
        { name: 'a', op: '=', value: 'bc' },
        { ...bar, value: 'foo:bar' },
      ],
    ],
    ['{"bar"}', [bar]],
    [
      "{'foo\\'bar', 'a\\\\dos'='boo'}",
      [
        { ...bar, value: "foo'bar" },
        { name: 'a\\dos', op: '=', value: 'boo' },
      ],
    ],
    ['{"bar", __name__="bar"}', [bar, bar]],
    ["bar{NaN='}'}", [{ name: 'NaN', op: '=', value: '}' }, bar]],
    [
      'bar{on="a", by !="b", bool=~"c",end!~"d",}',
      [
        { name: 'on', op: '=', value: 'a' },
        { name: 'by', op: '!=', value: 'b' },
        { name: 'bool', op: '=~', value: 'c' },
        { name: 'end', op: '!~', value: 'd' },
        bar,
      ],
    ],
    ['{ # comment }\n a="b" }', [{ name: 'a', op: '=', value: 'b' }]],
    ['{"ünï code"=`x`}', [{ name: 'ünï code', op: '=', value: 'x' }]],
  ])('%s', (text, matchers) => {
    expect(parse(text)).toMatchObject({ kind: 'selector', matchers, at: { from: 0, to: text.length }, range: undefined, offset: 0 });
  });

  it.each([
    ['foo', 'foo'],
    ['foo{a="b"}', 'foo'],
    ['{__name__="foo"}', undefined],
    ['{"foo"}', undefined],
  ])('%s has the name %s before its braces', (text, name) => expect((parse(text) as { name?: string }).name).toBe(name));

  it.each([
    'min',
    'sum',
    'offset',
    'by',
    'without',
    'and',
    'or',
    'unless',
    'start',
    'end',
    'step',
    'range',
    'anchored',
    'group',
    'fill',
    'rate',
    'limitk',
    'on_x',
    'information',
  ])('a metric may be named %s', (name) => {
    expect(shapeOf(parse(name))).toBe(`${name}@0-${name.length}`);
    expect(shapeWithoutPlace(parse(`${name}{a="b"}[5m] offset 1m`))).toBe(`a=b,${name}[300000] off 60000`);
    const binary = parse(`x + ignoring(${name}) group_left(${name}) ${name} * ${name} offset 1m`);
    expect(binary).toMatchObject({ kind: 'binary', op: '+', right: { kind: 'binary', op: '*', right: { offset: 60_000 } } });
  });
});

describe('when something is looked at', () => {
  it.each([
    ['foo offset 5m', 'foo off 300000@0-13'],
    ['foo offset -7m', 'foo off -420000@0-14'],
    ['foo OFFSET 1h30m', 'foo off 5400000@0-16'],
    ['foo offset 1m30ms', 'foo off 60030@0-17'],
    ['foo offset 3600', 'foo off 3600000@0-15'],
    ['foo offset 0x10', 'foo off 16000@0-15'],
    ['foo offset 0s', 'foo@0-13'],
    ['foo @ 1603774568', 'foo at 1603774568000@0-16'],
    ['foo @ -100', 'foo at -100000@0-10'],
    ['foo @ 3.3335', 'foo at 3334@0-12'],
    ['foo @ 3.', 'foo at 3000@0-8'],
    ['foo @ 3e-1', 'foo at 300@0-10'],
    ['foo @ 0xA', 'foo at 10000@0-9'],
    ['foo @ 1m', 'foo at 60000@0-8'],
    ['foo @ start ( )', 'foo at start@0-15'],
    ['foo @ END()', 'foo at end@0-11'],
    ['foo @ 123 offset 1m', 'foo at 123000 off 60000@0-19'],
    ['foo offset 1m @ 123', 'foo at 123000 off 60000@0-19'],
    ['test[5]', 'test[5000]@0-7'],
    ['test[1001ms]', 'test[1001]@0-12'],
    ['test[ 4.018 ]', 'test[4018]@0-13'],
    ['test[0.0015]', 'test[1]@0-12'],
    ['test[+5m]', 'test[300000]@0-9'],
    ['test{a="b"}[5y] OFFSET 3d', 'test[157680000000] off 259200000@0-25'.replace('test[', 'a=b,test[')],
    ['foo[3ms] @ 2.345', 'foo[3] at 2345@0-16'],
    ['foo @ start() [5m]', 'foo[300000] at start@0-18'],
    ['foo[10m:6s]', 'foo@0-3:6000[600000]@0-11'],
    ['foo[10m5s:1h6ms]', 'foo@0-3:3600006[605000]@0-16'],
    ['foo[10m:]', 'foo@0-3:[600000]@0-9'],
    ['foo[10m :6s] @ start()', 'foo@0-3:6000[600000] at start@0-22'],
    ['some_metric OFFSET 1m [10m:5s]', 'some_metric off 60000@0-21:5000[600000]@0-30'],
    ['some_metric[10m:5s] offset 1m @ 123', 'some_metric@0-11:5000[600000] at 123000 off 60000@0-35'],
    [
      'min_over_time(rate(foo{bar="baz"}[2s])[5m:] offset 4m)[4m:3s]',
      'min_over_time(rate(bar=baz,foo[2000]@19-37)@14-38:[300000] off 240000@14-53)@0-54:3000[240000]@0-61',
    ],
  ])('%s', (text, shape) => expect(shapeOf(parse(text))).toBe(shape));
});

describe('aggregations and calls', () => {
  it.each([
    ['sum by (foo)(some_metric)', 'sum[foo](some_metric@13-24)@0-25'],
    ['sum (some_metric) by (foo)', 'sum[foo](some_metric@5-16)@0-26'],
    ['Sum without (foo,bar,) (some_metric)', 'sum without[foo,bar](some_metric@24-35)@0-36'],
    ['sum by ()(some_metric)', 'sum[](some_metric@10-21)@0-22'],
    ['sum by ("foo", bar, \'b z\')({"some.metric"})', 'sum[foo,bar,b z](some.metric@27-42)@0-43'],
    ['sum without(and, by, avg, on, bool, offset, a:b)(x)', 'sum without[and,by,avg,on,bool,offset,a:b](x@49-50)@0-51'],
    ['topk(5, some_metric)', 'topk[](5@5-6, some_metric@8-19)@0-20'],
    ['count_values("value", some_metric)', 'count_values[]("value"@13-20, some_metric@22-33)@0-34'],
    ['(sum(foo) )', '(sum[](foo@5-8)@1-9)@0-11'],
    ['sum(sum)', 'sum[](sum@4-7)@0-8'],
    ['time()', 'time()@0-6'],
    ['round (some_metric, 5)', 'round(some_metric@7-18, 5@20-21)@0-22'],
    ['hour()', 'hour()@0-6'],
    ['label_join(a, "b", "c")', 'label_join(a@11-12, "b"@14-17, "c"@19-22)@0-23'],
    ['pi() # rate(', 'pi()@0-4'],
    ['rate(# a comment\n  foo[5m]\r# another\r)', 'rate(foo[300000]@19-26)@0-38'],
  ])('%s', (text, shape) => expect(shapeOf(parse(text))).toBe(shape));
});
