import type { SealedDay, SealedName, SealedQuery, SealedSeries } from './sealed/sealed-day.ts';
import type { Wanted } from './wanted.ts';

/** What a sealed day has of a series, and what is known of the series on that day. */
export interface SealedPart {
  readonly rolled: SealedSeries;
  readonly name: SealedName;
}

/** What a sealed day has of the series that are wanted, in their places. */
export async function readSealed(
  sealed: SealedDay,
  wanted: readonly Wanted[],
  query: SealedQuery,
  signal: AbortSignal,
): Promise<(SealedPart | undefined)[]> {
  const found: (SealedPart | undefined)[] = [];
  for (const [name, slots] of slotsByName(wanted)) {
    const names = await sealed.series({ name, matches: (_, labelText) => slots.has(labelText) }, signal);
    const byNumber = new Map(names.map((one) => [one.number, one]));
    for (const rolled of await sealed.read(names, query, signal)) {
      const name = byNumber.get(rolled.number);
      const slot = slots.get(rolled.labelText);
      if (name !== undefined && slot !== undefined) found[slot] = { rolled, name };
    }
  }
  return found;
}

function slotsByName(wanted: readonly Wanted[]): Map<string, Map<string, number>> {
  const names = new Map<string, Map<string, number>>();
  for (const [slot, { name, labelText }] of wanted.entries()) {
    const slots = names.get(name);
    if (slots === undefined) names.set(name, new Map([[labelText, slot]]));
    else slots.set(labelText, slot);
  }
  return names;
}
