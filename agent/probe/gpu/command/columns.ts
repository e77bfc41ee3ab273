import type { DeviceReading, GpuInfo, LabelledValue } from '../../../samplers/gpu/reading.ts';

/** A column of a line, counted from 1 as awk does. */
export interface Column {
  readonly at: number;
  /** The last of several columns that make one text. */
  readonly to?: number;
  /** What its number is multiplied by to be in the metric's unit. */
  readonly per: number;
  /** Labels of a metric that has some of its own. */
  readonly metric?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a column may say beside the values of metrics. */
export const IDENTITY = ['gpu', 'uuid', 'name', 'driver', 'pci_bus_id', 'serial'] as const;

/** How lines become devices. */
export interface ColumnTable {
  readonly format: 'csv' | 'blanks';
  /** Texts that stand for no value. */
  readonly missing: readonly string[];
  /** By what they say: one of `IDENTITY`, or the name of a metric (any name where the column names its metric). `gpu` is needed. */
  readonly columns: Readonly<Record<string, Column>>;
}

/**
 * The devices of a table. A line is one where it is long enough, its `gpu` is a number and one of its values is; headings, rules and
 * messages are none.
 */
export function readColumns(text: string, vendor: string, { format, missing, columns }: ColumnTable): readonly DeviceReading[] {
  const none = new Set(missing);
  return text.split('\n').flatMap((line) => {
    const cells = line.trim().split(format === 'csv' ? /\s*,\s*/ : /\s+/);
    const said = (key: string): string => {
      const column = columns[key];
      const words = column === undefined ? '' : cells.slice(column.at - 1, column.to ?? column.at).join(' ');
      return none.has(words) ? '' : words;
    };
    const gpu = said('gpu');
    const { values, labelled } = readValues(columns, said);
    if (!/^\d+$/.test(gpu) || Object.keys(values).length === 0) return [];
    const info = { name: said('name'), driver: said('driver'), pci_bus_id: address(said('pci_bus_id')), serial: said('serial') };
    return [{ gpu, uuid: said('uuid') || uuidOf(vendor, gpu, info), vendor, info, values, labelled }];
  });
}

function readValues(
  columns: ColumnTable['columns'],
  said: (key: string) => string,
): { readonly values: Record<string, number>; readonly labelled: readonly LabelledValue[] } {
  const values: Record<string, number> = {};
  const labelled: LabelledValue[] = [];
  for (const [key, { metric = key, labels, per }] of Object.entries(columns)) {
    const value = numberOf(said(key));
    if (value === undefined || IDENTITY.some((one) => one === key)) continue;
    if (labels === undefined) values[metric] = times(value, per);
    else labelled.push({ metric, labels, value: times(value, per) });
  }
  return { values, labelled };
}

/** The number in a text, which a unit may follow (`41 C`, `89W`, `3 %`); undefined where there is none. */
export function numberOf(text: string): number | undefined {
  const number = /^(-?\d+(?:\.\d+)?) ?(?:%|[A-Za-z]*)$/.exec(text)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** What a device is known by that has no number of its own: its place on the bus, or its index. */
export function uuidOf(vendor: string, gpu: string, { pci_bus_id, serial }: Pick<GpuInfo, 'pci_bus_id' | 'serial'>): string {
  if (serial !== '') return `${vendor}-${serial}`;
  return pci_bus_id === '' ? `${vendor}-${gpu}` : `pci-${pci_bus_id}`;
}

function address(text: string): string {
  return /^[\da-f]{4,8}:[\da-f]{2}:[\da-f]{2}\.\d$/i.test(text) ? text : '';
}

// 57 * 0.01 is 0.5700000000000001: what divides evenly is divided.
function times(value: number, per: number): number {
  const inverse = 1 / per;
  return per < 1 && Math.abs(inverse - Math.round(inverse)) < 1e-9 * inverse ? value / Math.round(inverse) : value * per;
}
