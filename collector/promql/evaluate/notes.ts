import type { Annotations } from '../evaluation.ts';
import { lineColumn } from './line-column.ts';

/** Warnings and infos as they are gathered. */
export interface Notes extends Annotations {
  /** Something that Prometheus does not know, told as it is. */
  tell(info: string): void;
  readonly warnings: ReadonlySet<string>;
  readonly infos: ReadonlySet<string>;
}

/** Gathers each warning and info once, in Prometheus's words: `PromQL info: MESSAGE (LINE:COLUMN)`, positions in this text. */
export function createNotes(text: string): Notes {
  const warnings = new Set<string>();
  const infos = new Set<string>();
  const placed = (message: string, from: number | undefined): string =>
    from === undefined ? message : `${message} (${lineColumn(text, from)})`;
  return {
    warn: (message, at) => void warnings.add(placed(`PromQL warning: ${message}`, at?.from)),
    info: (message, at) => void infos.add(placed(`PromQL info: ${message}`, at?.from)),
    tell: (info) => void infos.add(info),
    warnings,
    infos,
  };
}
