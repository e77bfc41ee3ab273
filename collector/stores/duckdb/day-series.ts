import type { DescribedSeries } from './messages.ts';
import type { FilledColumns } from './segment.ts';

/** A series as a day's file knows it. */
export interface FiledSeries {
  /** Its number in the file. */
  readonly number: number;
  readonly name: string;
  readonly labelText: string;
}

/**
 * The series of a live day: those in its file and those whose first rows wait. A series has one place here, by its name and label
 * text; any of the collector's numbers and any of the file's may lead to it, as the collector counts anew when it is started and
 * forgets what was long silent.
 */
export interface DaySeries {
  /** Places by label text, of every series of the name. */
  ofName(name: string): ReadonlyMap<string, number> | undefined;
  names(): IterableIterator<string>;
  readonly size: number;
  /** Takes what the collector's numbers are. */
  describe(described: readonly DescribedSeries[]): void;
  /** Forgets what was thought to stand in the file. */
  clearFile(): void;
  /** Takes what stands in the file. */
  takeFiled(filed: Iterable<FiledSeries>): void;
  /**
   * Gives the series of these rows that are not in the file numbers behind `last`, in the order of names and label texts, so that
   * the rows of a name lie together in the file; answers them.
   */
  number(rows: readonly FilledColumns[], last: number): readonly FiledSeries[];
  /** Those of the file's numbers that are this series; the last one is given to new rows. */
  numbersOf(place: number): readonly number[];
  /** The collector's numbers that have been this series since it was started. */
  idsOf(place: number): readonly number[];
  /** By the collector's number of a series: the file's, or 0. */
  readonly ownNumbers: Uint32Array;
}

/** No series yet. */
export function daySeries(): DaySeries {
  const families = new Map<string, Map<string, number>>();
  // One text for all series of a group of labels, however many copies of it came.
  const texts = new Map<string, string>();
  const numbers: (number | readonly number[])[] = [];
  const ids: (number | readonly number[])[] = [];
  let ownNumbers = new Uint32Array(1024);
  // By the collector's number of a series: its place, counted from 1.
  let places = new Uint32Array(1024);

  const placeOf = (name: string, labelText: string): number => {
    let family = families.get(name);
    if (family === undefined) families.set(name, (family = new Map()));
    let place = family.get(labelText);
    if (place === undefined) {
      const text = texts.get(labelText) ?? labelText;
      texts.set(text, text);
      family.set(text, (place = numbers.length));
      numbers.push(0);
      ids.push(0);
    }
    return place;
  };

  // Of rows without a number, by place: one of the collector's numbers of each of their series.
  const unnumbered = (rows: readonly FilledColumns[]): Set<number> => {
    const found = new Set<number>();
    for (const { series, length } of rows) {
      for (let at = 0; at < length; at++) {
        const id = series[at] as number;
        if (ownNumbers[id] === 0) found.add((places[id] as number) - 1);
      }
    }
    found.delete(-1);
    return found;
  };

  const setNumber = (place: number, number: number): void => {
    numbers[place] = withNumber(numbers[place] as number | readonly number[], number);
    for (const id of listed(ids[place])) ownNumbers[id] = number;
  };

  return {
    ofName: (name) => families.get(name),
    names: () => families.keys(),
    get size() {
      return numbers.length;
    },
    describe(described) {
      for (const { id, name, labelText } of described) {
        const place = placeOf(name, labelText);
        const known = ids[place] as number | readonly number[];
        if (!listed(known).includes(id)) ids[place] = withNumber(known, id);
        if (id >= ownNumbers.length) {
          ownNumbers = longer(ownNumbers, id + 1);
          places = longer(places, id + 1);
        }
        places[id] = place + 1;
        ownNumbers[id] = listed(numbers[place]).at(-1) ?? 0;
      }
    },
    clearFile() {
      numbers.fill(0);
      ownNumbers.fill(0);
    },
    takeFiled(filed) {
      for (const { number, name, labelText } of filed) setNumber(placeOf(name, labelText), number);
    },
    number(rows, last) {
      const wanted = unnumbered(rows);
      if (wanted.size === 0) return [];
      const added: { name: string; labelText: string; place: number }[] = [];
      for (const [name, family] of families) {
        for (const [labelText, place] of family) if (wanted.has(place)) added.push({ name, labelText, place });
      }
      added.sort((a, b) => order(a.name, b.name) || order(a.labelText, b.labelText));
      return added.map(({ name, labelText, place }, at) => {
        const number = last + 1 + at;
        setNumber(place, number);
        return { number, name, labelText };
      });
    },
    numbersOf: (place) => listed(numbers[place]),
    idsOf: (place) => listed(ids[place]),
    get ownNumbers() {
      return ownNumbers;
    },
  };
}

// Nearly every series has one: then it is no list.
function listed(numbers: number | readonly number[] | undefined): readonly number[] {
  if (typeof numbers !== 'number') return numbers ?? [];
  return numbers === 0 ? [] : [numbers];
}

function withNumber(numbers: number | readonly number[], number: number): number | readonly number[] {
  return numbers === 0 ? number : [...listed(numbers), number];
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function longer(numbers: Uint32Array, least: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(Math.max(least, numbers.length * 2));
  grown.set(numbers);
  return grown;
}
