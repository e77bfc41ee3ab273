import { open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { readStruct, writeStruct } from './thrift.ts';
import type { ThriftStruct, ThriftValue } from './thrift.ts';

/**
 * A Parquet file that grows by row groups which others have written. So a file of any length is made in little memory, and each of its
 * columns can have been written in the way that suits its values.
 */
export interface ParquetFile {
  /** Takes the columns of these files, each of which has one row group with the same rows, together as a row group; of a column that several have, the smallest. */
  append(files: readonly string[]): Promise<void>;
  readonly rows: number;
  readonly rowGroups: number;
  /** Writes the footer; the bytes are on the disk once it resolves. */
  finish(facts?: Readonly<Record<string, string>>): Promise<void>;
  /** Lets go of a file that is not wanted any more. */
  abandon(): Promise<void>;
}

// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift: the numbers of the fields that are read or changed.
const FILE = { version: 1, schema: 2, rows: 3, rowGroups: 4, facts: 5, createdBy: 6 };
const GROUP = { columns: 1, totalBytes: 2, rows: 3, compressedBytes: 6 };
const COLUMN = { fileOffset: 2, metadata: 3 };
const META = { path: 3, uncompressed: 6, compressed: 7, dataPage: 9, dictionaryPage: 11, statistics: 12, encodingStatistics: 13 };
/** Older readers' least and greatest, which say the same again. */
const OLD_STATISTICS = [1, 2];
const MAGIC = Buffer.from('PAR1');

/** The columns of the file, in their order; `pruned` are those whose least and greatest of each row group are kept. */
export interface Layout {
  readonly columns: readonly string[];
  readonly pruned: readonly string[];
}

interface Column {
  readonly schema: ThriftValue;
  readonly metadata: ThriftStruct;
  readonly bytes: Uint8Array;
}

/** Begins a file; one that stands at `path` is replaced. */
export async function joinRowGroups(path: string, { columns, pruned }: Layout): Promise<ParquetFile> {
  const file = await open(path, 'w');
  let offset = 0;
  let rows = 0;
  let schema: readonly ThriftValue[] = [];
  let createdBy: ThriftValue | undefined;
  const groups: ThriftValue[] = [];

  const write = async (bytes: Uint8Array): Promise<void> => {
    await writeWhole(file, bytes);
    offset += bytes.length;
  };
  await write(MAGIC);

  return {
    async append(files) {
      const found = new Map<string, Column>();
      let groupRows = 0;
      for (const part of files) {
        const footer = await readParts(part, found);
        groupRows = Number(numberOf(footer, FILE.rows));
        createdBy = footer.get(FILE.createdBy);
      }
      const ordered = columns.map((name) => {
        const column = found.get(name);
        if (column === undefined) throw new Error(`${files.join(', ')}: there is no column ${name}`);
        return column;
      });
      schema = ordered.map((column) => column.schema);
      const chunks: ThriftValue[] = [];
      let total = 0;
      const before = offset;
      for (const [place, { metadata, bytes }] of ordered.entries()) {
        const moved = moveColumn(metadata, offset, pruned.includes(columns[place] ?? ''));
        chunks.push({
          kind: 'struct',
          fields: new Map([
            [COLUMN.fileOffset, i64(0)],
            [COLUMN.metadata, { kind: 'struct', fields: moved }],
          ]),
        });
        total += Number(numberOf(metadata, META.uncompressed));
        await write(bytes);
      }
      const group = writeStruct(
        new Map<number, ThriftValue>([
          [GROUP.columns, { kind: 'list', of: 12, items: chunks }],
          [GROUP.totalBytes, i64(total)],
          [GROUP.rows, i64(groupRows)],
          [GROUP.compressedBytes, i64(offset - before)],
        ]),
      );
      groups.push({ kind: 'written', value: group });
      rows += groupRows;
    },
    get rows() {
      return rows;
    },
    get rowGroups() {
      return groups.length;
    },
    async finish(facts = {}) {
      const root: ThriftValue = {
        kind: 'struct',
        fields: new Map<number, ThriftValue>([
          [4, binary('schema')],
          [5, { kind: 'i32', value: BigInt(schema.length) }],
        ]),
      };
      const footer = writeStruct(
        new Map<number, ThriftValue>([
          [FILE.version, { kind: 'i32', value: 2n }],
          [FILE.schema, { kind: 'list', of: 12, items: [root, ...schema] }],
          [FILE.rows, i64(rows)],
          [FILE.rowGroups, { kind: 'list', of: 12, items: groups }],
          [FILE.facts, { kind: 'list', of: 12, items: Object.entries(facts).map(keyValue) }],
          ...(createdBy === undefined ? [] : [[FILE.createdBy, createdBy] as const]),
        ]),
      );
      const length = Buffer.alloc(4);
      length.writeUInt32LE(footer.length);
      for (const bytes of [footer, length, MAGIC]) await write(bytes);
      await file.sync();
      await file.close();
    },
    abandon: () => file.close(),
  };
}

// The columns of a small file into `found`; answers its footer.
async function readParts(path: string, found: Map<string, Column>): Promise<ThriftStruct> {
  const bytes = await readFile(path);
  const length = bytes.readUInt32LE(bytes.length - 8);
  const footer = readStruct(bytes.subarray(bytes.length - 8 - length, bytes.length - 8));
  const [, ...schema] = itemsOf(footer, FILE.schema);
  const [group, ...more] = itemsOf(footer, FILE.rowGroups);
  if (group?.kind !== 'struct' || more.length > 0) throw new Error(`${path} has ${more.length + 1} row groups instead of one`);
  for (const [place, chunk] of itemsOf(group.fields, GROUP.columns).entries()) {
    const metadata = chunk.kind === 'struct' ? chunk.fields.get(COLUMN.metadata) : undefined;
    const element = schema[place];
    if (metadata?.kind !== 'struct' || element === undefined) throw new Error(`${path} has a column without metadata`);
    const [name] = itemsOf(metadata.fields, META.path);
    const start = Number(startOf(metadata.fields));
    const end = start + Number(numberOf(metadata.fields, META.compressed));
    const key = name?.kind === 'binary' ? Buffer.from(name.value).toString() : '';
    const other = found.get(key);
    if (other !== undefined && other.bytes.length <= end - start) continue;
    found.set(key, { schema: element, metadata: metadata.fields, bytes: bytes.subarray(start, end) });
  }
  return footer;
}

function moveColumn(metadata: ThriftStruct, to: number, keepStatistics: boolean): ThriftStruct {
  const by = BigInt(to) - startOf(metadata);
  const moved = new Map<number, ThriftValue>();
  for (const [id, value] of metadata) {
    // Behind the statistics stands only what nobody needs here: bloom filters and page sizes of the small file.
    if (id >= META.encodingStatistics || (id === META.statistics && !keepStatistics)) continue;
    if (id === META.dataPage || id === META.dictionaryPage) moved.set(id, { kind: 'i64', value: numberOf(metadata, id) + by });
    else if (id === META.statistics && value.kind === 'struct') moved.set(id, { kind: 'struct', fields: withoutOld(value.fields) });
    else moved.set(id, value);
  }
  return moved;
}

function withoutOld(statistics: ThriftStruct): ThriftStruct {
  return new Map([...statistics].filter(([id]) => !OLD_STATISTICS.includes(id)));
}

function startOf(metadata: ThriftStruct): bigint {
  const data = numberOf(metadata, META.dataPage);
  const dictionary = metadata.get(META.dictionaryPage);
  return dictionary?.kind === 'i64' && dictionary.value < data ? dictionary.value : data;
}

function numberOf(fields: ThriftStruct, id: number): bigint {
  const value = fields.get(id);
  if (value?.kind !== 'i64' && value?.kind !== 'i32') throw new Error(`a Parquet footer has no number in field ${id}`);
  return value.value;
}

function itemsOf(fields: ThriftStruct, id: number): readonly ThriftValue[] {
  const value = fields.get(id);
  if (value?.kind !== 'list') throw new Error(`a Parquet footer has no list in field ${id}`);
  return value.items;
}

function i64(value: number): ThriftValue {
  return { kind: 'i64', value: BigInt(value) };
}

function binary(text: string): ThriftValue {
  return { kind: 'binary', value: Buffer.from(text) };
}

function keyValue([key, value]: [string, string]): ThriftValue {
  return {
    kind: 'struct',
    fields: new Map([
      [1, binary(key)],
      [2, binary(value)],
    ]),
  };
}

async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}
