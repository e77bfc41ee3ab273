/** A value of Thrift's compact protocol with its wire type, as far as Parquet's footers have them. */
export type ThriftValue =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'byte' | 'i16' | 'i32' | 'i64'; readonly value: bigint }
  | { readonly kind: 'double'; readonly value: Uint8Array }
  | { readonly kind: 'binary'; readonly value: Uint8Array }
  | { readonly kind: 'list'; readonly of: number; readonly items: readonly ThriftValue[] }
  | { readonly kind: 'struct'; readonly fields: ThriftStruct }
  /** A struct whose bytes stand already; only to be written. */
  | { readonly kind: 'written'; readonly value: Uint8Array };

/** Fields of a struct by their numbers, in rising order. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

/** Wire types of https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md. */
const TRUE = 1;
const FALSE = 2;
const KINDS = { byte: 3, i16: 4, i32: 5, i64: 6, double: 7, binary: 8, list: 9, struct: 12 } as const;
const NUMBERS = new Map<number, 'byte' | 'i16' | 'i32' | 'i64'>([
  [3, 'byte'],
  [4, 'i16'],
  [5, 'i32'],
  [6, 'i64'],
]);

/** Reads a struct. @throws RangeError or Error where the bytes are none. */
export function readStruct(bytes: Uint8Array): ThriftStruct {
  return structAt({ bytes, at: 0 });
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function structAt(cursor: Cursor): ThriftStruct {
  const fields = new Map<number, ThriftValue>();
  for (let id = 0; ;) {
    const head = byteAt(cursor);
    if (head === 0) return fields;
    const delta = head >> 4;
    id = delta === 0 ? Number(zigzag(varintAt(cursor))) : id + delta;
    fields.set(id, valueAt(cursor, head & 15));
  }
}

function valueAt(cursor: Cursor, type: number): ThriftValue {
  if (type === TRUE || type === FALSE) return { kind: 'bool', value: type === TRUE };
  const number = NUMBERS.get(type);
  if (number === 'byte') return { kind: 'byte', value: BigInt((byteAt(cursor) << 24) >> 24) };
  if (number !== undefined) return { kind: number, value: zigzag(varintAt(cursor)) };
  if (type === KINDS.double) return { kind: 'double', value: take(cursor, 8) };
  if (type === KINDS.binary) return { kind: 'binary', value: take(cursor, Number(varintAt(cursor))) };
  if (type === KINDS.struct) return { kind: 'struct', fields: structAt(cursor) };
  if (type !== KINDS.list) throw new Error(`a Parquet footer has a value of type ${type}, which is not known`);
  const head = byteAt(cursor);
  const of = head & 15;
  const count = head >> 4 === 15 ? Number(varintAt(cursor)) : head >> 4;
  const items: ThriftValue[] = [];
  // Of a list's booleans each has a byte of its own.
  for (let item = 0; item < count; item++) items.push(valueAt(cursor, of === FALSE || of === TRUE ? byteAt(cursor) : of));
  return { kind: 'list', of, items };
}

function byteAt(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at++];
  if (byte === undefined) throw new RangeError('a Parquet footer ends in the middle');
  return byte;
}

function take(cursor: Cursor, length: number): Uint8Array {
  if (cursor.at + length > cursor.bytes.length) throw new RangeError('a Parquet footer ends in the middle');
  cursor.at += length;
  return cursor.bytes.slice(cursor.at - length, cursor.at);
}

function varintAt(cursor: Cursor): bigint {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = byteAt(cursor);
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

function zigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}

/** The bytes of a struct. */
export function writeStruct(fields: ThriftStruct): Uint8Array {
  const out = { bytes: new Uint8Array(1024), length: 0 };
  putStruct(out, fields);
  return out.bytes.slice(0, out.length);
}

interface Out {
  bytes: Uint8Array;
  length: number;
}

function putByte(out: Out, byte: number): void {
  if (out.length === out.bytes.length) grow(out, 1);
  out.bytes[out.length++] = byte;
}

function putBytes(out: Out, bytes: Uint8Array): void {
  if (out.length + bytes.length > out.bytes.length) grow(out, bytes.length);
  out.bytes.set(bytes, out.length);
  out.length += bytes.length;
}

function grow(out: Out, by: number): void {
  const longer = new Uint8Array(Math.max(out.bytes.length * 2, out.length + by));
  longer.set(out.bytes.subarray(0, out.length));
  out.bytes = longer;
}

function putStruct(out: Out, fields: ThriftStruct): void {
  let last = 0;
  for (const [id, value] of fields) {
    const type = typeOf(value);
    if (id - last > 0 && id - last < 16) putByte(out, ((id - last) << 4) | type);
    else {
      putByte(out, type);
      putVarint(out, unzigzag(BigInt(id)));
    }
    last = id;
    if (value.kind !== 'bool') putValue(out, value);
  }
  putByte(out, 0);
}

function typeOf(value: ThriftValue): number {
  if (value.kind === 'bool') return value.value ? TRUE : FALSE;
  return KINDS[value.kind === 'written' ? 'struct' : value.kind];
}

function putValue(out: Out, value: ThriftValue): void {
  if (value.kind === 'bool') putByte(out, value.value ? TRUE : FALSE);
  else if (value.kind === 'byte') putByte(out, Number(value.value & 0xffn));
  else if (value.kind === 'double' || value.kind === 'written') putBytes(out, value.value);
  else if (value.kind === 'struct') putStruct(out, value.fields);
  else if (value.kind === 'list') {
    const { items, of } = value;
    if (items.length < 15) putByte(out, (items.length << 4) | of);
    else {
      putByte(out, 0xf0 | of);
      putVarint(out, BigInt(items.length));
    }
    for (const item of items) putValue(out, item);
  } else if (value.kind === 'binary') {
    putVarint(out, BigInt(value.value.length));
    putBytes(out, value.value);
  } else putVarint(out, unzigzag(value.value));
}

function putVarint(out: Out, value: bigint): void {
  let rest = value;
  while (rest >= 0x80n) {
    putByte(out, Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  putByte(out, Number(rest));
}

function unzigzag(value: bigint): bigint {
  return BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
}
