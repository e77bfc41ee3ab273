import { floatText } from '../go-text.ts';
import type { CallContext } from './function.ts';

/** Warns where a quantile is none; it stands first among the arguments. */
export function warnOfQuantile(quantile: number, { annotations, argsAt }: CallContext): void {
  if (quantile >= 0 && quantile <= 1) return;
  annotations.warn(`quantile value should be between 0 and 1, got ${floatText(quantile)}`, argsAt[0]);
}
