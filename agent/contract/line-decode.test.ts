import { describe, expect, it } from 'vitest';
import { LineReader } from './line-decode.ts';
import { parseHead } from './line-head.ts';
import type { Precision } from './precision.ts';
import { precisionOf } from './precision.ts';
import { randomDouble, seeded } from './seeded.ts';

interface Line {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: readonly (readonly [string, number])[];
  readonly time: number;
}

/** Every line as an object, or as the reason why it is refused. */
function decode(input: string | Uint8Array, precision: Precision = 'ms'): (Line | string)[] {
  const bytes = Buffer.from(input as string);
  const reader = new LineReader(bytes, bytes.length, precision);
  const lines: (Line | string)[] = [];
  while (reader.nextLine()) {
    const before = reader.at;
    const line = decodeLine(reader, bytes);
    if (typeof line === 'string') reader.skipLine();
    lines.push(line);
    if (reader.at <= before) throw new Error(`the reader stands still at ${before}`);
  }
  return lines;
}

function decodeLine(reader: LineReader, bytes: Buffer): Line | string {
  if (!reader.readHead()) return reader.error;
  const head = parseHead(bytes, reader.start, reader.stop);
  if (typeof head === 'string') return head;
  const fields: [string, number][] = [];
  do {
    if (!reader.readKey()) return reader.error;
    const key = bytes.toString('utf8', reader.start, reader.stop);
    if (!reader.readValue()) return reader.error;
    fields.push([key, reader.value]);
  } while (reader.nextField());
  if (!reader.readTime()) return reader.error;
  return { measurement: head.measurement, tags: Object.fromEntries(head.tags), fields, time: reader.time };
}

const line = (fields: readonly (readonly [string, number])[], time = 5): Line => ({
  measurement: 'cpu',
  tags: { host: 'a' },
  fields,
  time,
});

describe('a value', () => {
  it.each([
    ['1', 1],
    ['-1', -1],
    ['1.', 1],
    ['.5', 0.5],
    ['-.5', -0.5],
    ['007', 7],
    ['1e5', 1e5],
    ['1E+5', 1e5],
    ['1e-5', 1e-5],
    ['123456789012345', 123_456_789_012_345],
    ['12345678901234567890123', 1.234_567_890_123_456_8e22],
    ['0.1234567890123456789', 0.123_456_789_012_345_68],
    ['1i', 1],
    ['-1i', -1],
    ['9223372036854775807i', 2 ** 63],
    ['18446744073709551615u', 2 ** 64],
    ['t', 1],
    ['TRUE', 1],
    ['f', 0],
    ['False', 0],
    ['"text"', Number.NaN],
    ['""', Number.NaN],
    [String.raw`"a b,c=d \" \\"`, Number.NaN],
    ['"two\nlines"', Number.NaN],
  ])('is taken: %s', (text, value) => {
    expect(decode(`cpu,host=a v=${text} 5\ncpu,host=a v=2 6`)).toEqual([line([['v', value]]), line([['v', 2]], 6)]);
  });

  it.each([
    '',
    '-',
    '+1',
    '--1',
    '.',
    '1.2.3',
    '1e',
    'e5',
    '1e5.5',
    '1e400',
    '0x10',
    '1_000',
    'NaN',
    'nan',
    'Inf',
    '-Inf',
    'null',
    '1.5i',
    'i',
  ])('is refused, and costs its own line only: %s', (text) => {
    const lines = decode(`cpu,host=a v=${text} 5\ncpu,host=a v=2 6\n`);
    expect(lines).toEqual([expect.any(String), line([['v', 2]], 6)]);
  });

  it.each(['9223372036854775808i', '-9223372036854775809i', '18446744073709551616u', '-1u', 'tRUE', 'yes', "'a'", '"a"b', '"a', '1f'])(
    'is refused: %s',
    (text) => {
      expect(decode(`cpu,host=a v=${text} 5`)).toEqual([expect.any(String)]);
    },
  );

  it('reads back bit for bit however JavaScript writes it', () => {
    const random = seeded(11);
    for (let round = 0; round < 20_000; round++) {
      const value = randomDouble(random);
      const [read] = decode(`cpu,host=a v=${value} 5`);
      expect(read).toEqual(line([['v', value]]));
    }
  });
});

describe('a timestamp', () => {
  it.each<[string, Precision, number]>([
    ['1795000000123456789', 'ns', 1_795_000_000_123],
    ['1795000000123999999', 'ns', 1_795_000_000_123],
    ['1795000000123456', 'us', 1_795_000_000_123],
    ['1795000000123', 'ms', 1_795_000_000_123],
    ['1795000000', 's', 1_795_000_000_000],
    ['29916666', 'm', 1_794_999_960_000],
    ['498611', 'h', 1_794_999_600_000],
    ['-1000000', 'ns', -1],
    ['12345', 'ns', 0],
  ])('of %s %s is exact to the millisecond', (digits, precision, time) => {
    expect(decode(`cpu,host=a v=1 ${digits}`, precision)).toEqual([line([['v', 1]], time)]);
  });

  it('may be missing', () => {
    expect(decode('cpu,host=a v=1\ncpu,host=a v=2 \r\ncpu,host=a v=3\r\n')).toEqual(
      [1, 2, 3].map((value) => line([['v', value]], Number.NaN)),
    );
  });

  it.each(['abc', '5x', '1.5', '+5', '5 6', '1e12', '99999999999999999999', '-', '"5"', '5\t6', '5\r6'])('is refused: %s', (digits) => {
    expect(decode(`cpu,host=a v=1 ${digits}\n`)).toEqual([expect.any(String)]);
  });

  it('is counted as the request says, by the names of InfluxDB 1 and 2', () => {
    expect(['', 'n', 'ns', 'u', 'µ', 'us', 'ms', 's', 'm', 'h', 'd', 'toString'].map(precisionOf)).toEqual([
      'ns',
      'ns',
      'ns',
      'us',
      'us',
      'us',
      'ms',
      's',
      'm',
      'h',
      undefined,
      undefined,
    ]);
  });
});

describe('a line', () => {
  it('may stand between empty lines, comments, white space and carriage returns', () => {
    expect(decode('\n\r\n# v=1\n  # too\n  cpu,host=a v=1 5\r\n\n\t\ncpu,host=a  v=2  6 \n#')).toEqual([
      line([['v', 1]]),
      line([['v', 2]], 6),
    ]);
  });

  it('need not end with a line break', () => {
    expect(decode('cpu,host=a v=1')).toEqual([line([['v', 1]], Number.NaN)]);
  });

  it('may have escapes in every part', () => {
    expect(decode(String.raw`c\ p\,u,k\ \,\==v\ \,\=\x,b=a\\b f\ \,\==1 5`)).toEqual([
      { measurement: 'c p,u', tags: { 'k ,=': String.raw`v ,=\x`, b: String.raw`a\\b` }, fields: [[String.raw`f\ \,\=`, 1]], time: 5 },
    ]);
  });

  it('may have a field twice, which is read twice', () => {
    expect(decode('cpu,host=a v=1,v=2 5')).toEqual([
      line([
        ['v', 1],
        ['v', 2],
      ]),
    ]);
  });

  it.each([
    'cpu',
    'cpu,host=a',
    'cpu,host=a ',
    ',host=a v=1',
    'cpu, v=1',
    'cpu,,host=a v=1',
    'cpu,host= v=1',
    'cpu,=a v=1',
    'cpu,host v=1',
    'cpu,host=a=b v=1',
    'cpu,host=a v',
    'cpu,host=a =1',
    'cpu,host=a v=1,',
    'cpu,host=a v=1,,w=2',
    'cpu,host=a v=1, w=2',
    String.raw`cpu,host=a\ v=1`,
    String.raw`cpu,host=a\\ v=1 5`,
    '{"a":1}',
    '<html>',
    '=',
    ',',
    '"',
    '\\',
    '\0',
  ])('is refused, and costs itself only: %s', (text) => {
    expect(decode(`cpu,host=a v=1 5\n${text}\ncpu,host=a v=2 6\n`)).toEqual([line([['v', 1]]), expect.any(String), line([['v', 2]], 6)]);
  });

  it('that is refused takes the line breaks of its strings with it, so that nobody smuggles a line in', () => {
    const smuggled = 'cpu,host=a v=x,s="\ncpu,host=victim v=666 5\n" 5\ncpu,host=a v=2 6';
    expect(decode(smuggled)).toEqual([expect.any(String), line([['v', 2]], 6)]);
  });

  it('whose string does not end costs itself only', () => {
    expect(decode('cpu,host=a s="x 5\ncpu,host=a v=2 6')).toEqual([expect.any(String), line([['v', 2]], 6)]);
  });
});

describe('a reader that has seen the head before', () => {
  it('takes it with several spaces behind, and no longer one', () => {
    const known = Buffer.from('cpu,host=a');
    const view = new DataView(known.buffer, known.byteOffset, known.length);
    const bytes = Buffer.from('cpu,host=a   v=1\ncpu,host=ab v=1\ncpu,host=a\\ b v=1\ncpu,host=a');
    const reader = new LineReader(bytes, bytes.length, 'ms');
    const seen: boolean[] = [];
    const keys: boolean[] = [];
    while (reader.nextLine()) {
      const is = reader.headIs(view, 0, known.length);
      seen.push(is);
      if (is) keys.push(reader.readKey());
      reader.skipLine();
    }
    expect([seen, keys]).toEqual([[true, false, false, false], [true]]);
  });
});

describe('garbage', () => {
  const alphabet = Buffer.from(' ,="\\\n\r\t#-+.0123456789eEiutfTFcpuva\0\u00ff');

  it('never makes the reader throw or stand still, whatever its bytes', () => {
    const random = seeded(1);
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.from(
        Array.from({ length: Math.floor(random() * 120) }, () =>
          random() < 0.5 ? Math.floor(random() * 256) : (alphabet[Math.floor(random() * alphabet.length)] as number),
        ),
      );
      for (const read of decode(bytes, random() < 0.5 ? 'ns' : 'ms')) expect(typeof read === 'string' || read.fields.length > 0).toBe(true);
    }
  });

  it('without quotes never costs the good lines around it', () => {
    const random = seeded(2);
    const plain = alphabet.filter((byte) => byte !== 0x22 && byte !== 0x0a);
    for (let round = 0; round < 20_000; round++) {
      const garbage = Buffer.from(
        Array.from({ length: Math.floor(random() * 60) }, () => plain[Math.floor(random() * plain.length)] as number),
      );
      const lines = decode(Buffer.concat([Buffer.from('cpu,host=a v=1 5\n'), garbage, Buffer.from('\ncpu,host=a v=2 6')]));
      expect(lines[0]).toEqual(line([['v', 1]]));
      expect(lines.at(-1)).toEqual(line([['v', 2]], 6));
    }
  });
});
