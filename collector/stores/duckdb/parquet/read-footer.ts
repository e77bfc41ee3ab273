import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readStruct } from './thrift.ts';
import type { ThriftStruct } from './thrift.ts';

/** Field of a footer that holds key and value pairs, and theirs (parquet.thrift). */
const FACTS = 5;
const KEY = 1;
const VALUE = 2;

/** The footer of a Parquet file. @throws Error where the file cannot be read or is none. */
export function readFooter(path: string): ThriftStruct {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const end = Buffer.alloc(8);
    if (size < 12 || readSync(file, end, 0, 8, size - 8) < 8 || end.toString('latin1', 4) !== 'PAR1')
      throw new Error(`${path} is no whole Parquet file`);
    const length = end.readUInt32LE(0);
    if (length > size - 12) throw new Error(`${path} is no whole Parquet file`);
    const footer = Buffer.alloc(length);
    readSync(file, footer, 0, length, size - 8 - length);
    return readStruct(footer);
  } finally {
    closeSync(file);
  }
}

/** What a Parquet file says of itself by this key. */
export function factOf(footer: ThriftStruct, key: string): string | undefined {
  const facts = footer.get(FACTS);
  for (const fact of facts?.kind === 'list' ? facts.items : []) {
    if (fact.kind === 'struct' && textOf(fact.fields, KEY) === key) return textOf(fact.fields, VALUE);
  }
  return undefined;
}

function textOf(fields: ThriftStruct, id: number): string | undefined {
  const value = fields.get(id);
  return value?.kind === 'binary' ? Buffer.from(value.value).toString() : undefined;
}
