import type { ThriftStruct } from './thrift.ts';

/** A row group: its rows, and what it takes in the file. */
export interface RowGroupSize {
  readonly rows: number;
  readonly bytes: number;
}

/** Fields of parquet.thrift: FileMetaData.row_groups; RowGroup.num_rows and total_compressed_size. */
const GROUPS = 4;
const ROWS = 3;
const BYTES = 6;

/** The row groups of a file by its footer, in order. */
export function rowGroupSizes(footer: ThriftStruct): RowGroupSize[] {
  const groups = footer.get(GROUPS);
  return (groups?.kind === 'list' ? groups.items : []).flatMap((group) =>
    group.kind === 'struct' ? [{ rows: number(group.fields, ROWS), bytes: number(group.fields, BYTES) }] : [],
  );
}

function number(fields: ThriftStruct, id: number): number {
  const value = fields.get(id);
  return value?.kind === 'i64' ? Number(value.value) : 0;
}
