import type { SyntaxNode } from '@lezer/common';
import type { Binary } from '../ast.ts';
import type { Position } from '../position.ts';
import { fault } from './fault.ts';
import type { QueryError } from '../query-error.ts';

/** The text that is being parsed, and what the tree does not tell of it. */
export interface Source {
  readonly text: string;
  /** Whether functions may be called that Prometheus has behind a feature flag. */
  readonly experimental: boolean;
  /** What regular expressions have cost so far. */
  regexes: number;
  /** How two vectors match, as it is written: also where they turn out to be none. */
  readonly written: Map<Binary, WrittenMatching>;
}

/** The modifiers of a binary operator as they are written. */
export interface WrittenMatching {
  /** Where the operator stands. */
  readonly at: Position;
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly group: 'left' | 'right' | undefined;
  readonly include: readonly string[];
}

/** What a node's text says. */
export function textOf({ text }: Source, { from, to }: Position): string {
  return text.slice(from, to);
}

/** A node's place. */
export function placeOf({ from, to }: SyntaxNode): Position {
  return { from, to };
}

/** The nodes inside of a node. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

/** A QueryError about a place in the text. */
export function faultAt({ text }: Source, { from, to }: Position, message: string, cause?: unknown): QueryError {
  return fault(text, { from, to }, message, cause);
}
