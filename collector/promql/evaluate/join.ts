import type { Binary, Matching } from '../ast.ts';
import type { Column } from '../evaluation.ts';
import { labelsKey } from '../labels.ts';
import { QueryError } from '../query-error.ts';
import type { Evaluator } from './evaluator.ts';
import { joinedLabels } from './joined-labels.ts';
import { combining } from './join-values.ts';
import { labelsText } from './labels-text.ts';
import { isArithmetic } from './operators.ts';
import { anyPresent, bySignature, signatureOf } from './signature.ts';
import type { SharedLabels } from './shared-labels.ts';

const STEPS_A_MILLISECOND = 100_000;

/** A series of the answer as it is filled. */
interface Joined {
  readonly column: Column;
  /** The steps at which a match has been found already, whether or not it gave a value. */
  readonly taken: Uint8Array;
  /** Of the match that it was made for. */
  readonly signature: string;
}

/**
 * Calculates with, or compares, the values of series that match: one with one, or one with many where `group_left` and `group_right`
 * say so. Throws a QueryError where more match at the same step.
 */
export async function join(
  { pace, meter }: Evaluator,
  binary: Binary,
  matching: Matching,
  left: readonly Column[],
  right: readonly Column[],
  count: number,
): Promise<readonly Column[]> {
  const oneIsLeft = matching.card === 'one-to-many';
  const [many, one] = oneIsLeft ? [right, left] : [left, right];
  const signature = signatureOf(matching);
  const ones = bySignature(one, signature);
  refuseDuplicates(ones, many, oneIsLeft ? 'left' : 'right', signature, count, binary);
  const combine = combining(binary, oneIsLeft);
  const isOneToOne = matching.card === 'one-to-one';
  const takenBy = new Map<string, Uint8Array>();
  const joined = new Map<string, Joined>();
  for (const column of many) {
    const key = signature.keyOf(column.labels);
    for (const other of ones.get(key) ?? []) {
      const labels = joinedLabels(column.labels, other.labels, binary.op, matching);
      const resultKey = labelsKey(labels);
      let result = joined.get(resultKey);
      if (result === undefined) {
        meter.hold(count);
        // Of one with one, all of a signature are one match, whatever their labels come to.
        const taken = (isOneToOne ? takenBy.get(key) : undefined) ?? new Uint8Array(count);
        takenBy.set(key, taken);
        const dropsName = !isArithmetic(binary.op) && (binary.bool || column.dropsName);
        result = { column: { labels, values: new Float64Array(count), present: new Uint8Array(count), dropsName }, taken, signature: key };
        joined.set(resultKey, result);
      }
      if (!combine(column, other, result.column, result.taken)) throw tooManyMatches(isOneToOne, result.signature === key, binary);
      if (pace.due(count / STEPS_A_MILLISECOND)) await pace.pause();
    }
  }
  meter.release(count * joined.size);
  return Array.from(joined.values(), ({ column }) => column).filter(({ present }) => present.includes(1));
}

function tooManyMatches(isOneToOne: boolean, isSameMatch: boolean, { at }: Binary): QueryError {
  if (isOneToOne) {
    return new QueryError('execution', 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)', at);
  }
  return new QueryError(
    'execution',
    isSameMatch
      ? 'multiple matches for labels: grouping labels must ensure unique matches'
      : 'vector cannot contain metrics with the same labelset',
    at,
  );
}

/** Two series of the one side with the same signature at the same step are an error as soon as the other side has anything there. */
function refuseDuplicates(
  ones: ReadonlyMap<string, readonly Column[]>,
  many: readonly Column[],
  side: 'left' | 'right',
  signature: SharedLabels,
  count: number,
  { at }: Binary,
): void {
  const suspects = [...ones.values()].filter(({ length }) => length > 1);
  if (suspects.length === 0) return;
  const others = anyPresent(many, count);
  for (let step = 0; step < count; step++) {
    if (others[step] === 0) continue;
    for (const group of suspects) {
      const [first, second] = group.filter(({ present }) => present[step] === 1);
      if (first === undefined || second === undefined) continue;
      throw new QueryError(
        'execution',
        `found duplicate series for the match group ${labelsText(signature.labelsOf(second.labels))} on the ${side} hand-side of the operation: ` +
          `[${labelsText(second.labels)}, ${labelsText(first.labels)}];many-to-many matching not allowed: matching labels must be unique on one side`,
        at,
      );
    }
  }
}
