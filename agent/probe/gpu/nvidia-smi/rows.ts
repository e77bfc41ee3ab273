import type { DeviceReading, LabelledValue } from '../../../samplers/gpu/reading.ts';
import { fieldUses, identityFields } from './fields.ts';
import type { FieldUse } from './fields.ts';

/** One GPU's row. */
export interface SmiRow {
  /** Milliseconds since the epoch, as the row says; NaN where it does not. */
  readonly at: number;
  readonly device: DeviceReading;
}

/** What is asked of nvidia-smi, and how its rows are read. */
export interface SmiQuery {
  /** Fields in the order of the columns. */
  readonly fields: readonly string[];
  /** Reads a line; undefined where it is no row of this query (a message, another number of columns). */
  parse(this: void, line: string): SmiRow | undefined;
}

/** The query of everything that is wanted and offered. */
export function smiQuery(offered: ReadonlySet<string>): SmiQuery {
  const first = (names: readonly string[]): string | undefined => names.find((name) => offered.has(name));
  const uses = fieldUses.flatMap((use) => {
    const field = first(use.fields);
    return field === undefined ? [] : [{ use, field }];
  });
  const identity = Object.entries(identityFields).flatMap(([key, names]) => {
    const field = first(names);
    return field === undefined ? [] : [{ key: key as keyof typeof identityFields, field }];
  });
  const name = identity.filter(({ key }) => key === 'name');
  const others = identity.filter(({ key }) => key !== 'name');
  const columns = [...others.map(({ field }) => field), ...uses.map(({ field }) => field)];
  const fields = [...columns, ...name.map(({ field }) => field)];
  return {
    fields,
    parse(line) {
      const cells = line.split(', ');
      // A name with a comma in it stands last; any other excess is another program's line.
      if (cells.length < fields.length || (cells.length > fields.length && name.length === 0)) return undefined;
      const said = (key: keyof typeof identityFields): string => {
        const at = others.findIndex((column) => column.key === key);
        return at < 0 ? '' : textOf(cells[at]);
      };
      const uuid = said('uuid');
      const gpu = said('gpu');
      if (!/^(GPU|MIG)-/.test(uuid) || !/^\d+$/.test(gpu)) return undefined;
      const { values, labelled } = read(
        uses.map(({ use }) => use),
        cells.slice(others.length, columns.length),
      );
      const info = {
        name: name.length === 0 ? '' : textOf(cells.slice(columns.length).join(', ')),
        driver: said('driver'),
        pci_bus_id: said('pci_bus_id'),
        serial: said('serial'),
      };
      return { at: smiTime(said('timestamp')), device: { gpu, uuid, vendor: 'nvidia', info, values, labelled } };
    },
  };
}

function read(uses: readonly FieldUse[], cells: readonly string[]): { values: Record<string, number>; labelled: readonly LabelledValue[] } {
  const values: Record<string, number> = {};
  const labelled: LabelledValue[] = [];
  for (const [at, { metric, labels, per }] of uses.entries()) {
    const value = cellValue(cells[at] ?? '', per);
    if (value === undefined) continue;
    if (labels === undefined) values[metric] = value;
    else labelled.push({ metric, labels, value });
  }
  values['gpu_lost'] = cells.some((cell) => LOST.test(cell)) ? 1 : 0;
  return { values, labelled };
}

const LOST = /^\[?(GPU requires reset|GPU is lost|Reset Required)\]?$/i;
const NUMBER = /^-?\d+(\.\d+)?$/;
const YES = /^(Enabled|Yes|Active|1)$/;
const NO = /^(Disabled|No|Not Active|0)$/;

/**
 * The value of a cell; undefined where it has none. Only what is a number, or one of the words, is a value: so `[N/A]`, `[Not
 * Supported]`, `[Insufficient Permissions]`, `[Unknown Error]` and whatever comes with the next driver are not.
 */
export function cellValue(cell: string, per: FieldUse['per']): number | undefined {
  const text = cell.trim();
  if (typeof per === 'number') return NUMBER.test(text) ? scaled(Number(text), per) : undefined;
  if (per === 'yes or no') return YES.test(text) ? 1 : NO.test(text) ? 0 : undefined;
  const at = per.indexOf(text);
  return at < 0 ? undefined : at;
}

// 57 * 0.01 is 0.5700000000000001: a factor below one divides by its inverse, which is a whole number here.
function scaled(value: number, per: number): number {
  return per < 1 ? value / Math.round(1 / per) : value * per;
}

/** A text of nvidia-smi; empty where it stands for none. */
export function textOf(cell: string | undefined): string {
  const text = (cell ?? '').trim();
  return /^(\[.*\]|N\/A|None|Unknown Error|ERR!)$/.test(text) ? '' : text;
}

/** Milliseconds since the epoch of `2026/11/20 14:32:46.123` in UTC; NaN where the text is none. */
export function smiTime(text: string): number {
  const [, year, month, day, time] = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)$/.exec(text) ?? [];
  return time === undefined ? Number.NaN : Date.parse(`${year}-${month}-${day}T${time}Z`);
}
