/** A text, or what is text already as bytes (UTF-8, whole characters), to be copied before the next is asked for. */
export type Piece = string | Uint8Array;

/** A text as it is made, piece by piece: never all of it at once. */
export type Pieces = Iterable<Piece>;

/** Elements of a JSON list, with commas between them. */
export function* listed<Element>(elements: Iterable<Element>, write: (element: Element) => string): Generator<string> {
  let separator = '';
  for (const element of elements) {
    yield separator + write(element);
    separator = ',';
  }
}

/** A successful answer around its data, with what whoever asked should know of it. */
export function* success(data: Pieces, { warnings = [], infos = [] }: Annotated = {}): Generator<Piece> {
  yield '{"status":"success","data":';
  yield* data;
  yield `${noted('warnings', warnings, 'warning')}${noted('infos', infos, 'info')}}`;
}

/** Warnings and infos of an answer. */
export interface Annotated {
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/** As many of each kind are told (web/api/v1/api.go, respond). */
const TOLD = 10;

function noted(key: string, notes: readonly string[], kind: string): string {
  if (notes.length === 0) return '';
  const more = notes.length > TOLD ? [`${notes.length - TOLD} more ${kind} annotations omitted`] : [];
  return `,"${key}":${JSON.stringify([...notes.slice(0, TOLD), ...more])}`;
}
