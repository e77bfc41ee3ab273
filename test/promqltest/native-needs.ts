import type { Expression, Selector } from '../../collector/promql/ast.ts';
import type { Labels } from '../../collector/promql/labels.ts';
import { keepLabels, labelsOf, labelValue } from '../../collector/promql/labels.ts';
import { createMemoryQueryable } from './memory-queryable.ts';
import { selectorsOf } from './tree.ts';
import type { Eval, Load } from './script.ts';

/** The series that a script has loaded with native histograms, which we have not: what would read them is not asked. */
export interface NativeSeries {
  add(load: Load): void;
  clear(): void;
  isNeededBy(evaluation: Eval, expression: Expression | undefined): Promise<boolean>;
}

/** Keeps their labels in a storage of their own, so that selectors find them as they find others. */
export function createNativeSeries(): NativeSeries {
  const known = createMemoryQueryable();
  const { signal } = new AbortController();
  const remember = (labels: Labels) => known.add(labels, [{ time: 0, value: 1 }]);

  async function isSelected({ matchers }: Selector): Promise<boolean> {
    for await (const some of known.select({ matchers, from: 0, to: 0, hint: { call: '', range: 0, step: 0 } }, signal)) {
      if (some.length > 0) return true;
    }
    return false;
  }

  return {
    add({ series, alsoNative }) {
      for (const { labels, isHistogram } of series) {
        if (isHistogram) remember(labels);
        else if (alsoNative) remember(ofHistogram(labels));
      }
    },
    clear: () => known.clear(),
    async isNeededBy({ expected }, expression) {
      if (expected.series.some(({ isHistogram }) => isHistogram)) return true;
      for (const selector of expression === undefined ? [] : selectorsOf(expression)) if (await isSelected(selector)) return true;
      return false;
    },
  };
}

// What of a classic histogram is its bucket, its sum or its count, is as a native one a single series.
function ofHistogram(labels: Labels): Labels {
  const name = labelValue(labels, '__name__').replace(/_(?:bucket|sum|count)$/, '');
  const others = keepLabels(labels, (each) => each !== 'le' && each !== '__name__');
  const pairs = Object.fromEntries(others.flatMap((each, at) => (at % 2 === 0 ? [[each, others[at + 1] as string]] : [])));
  return labelsOf({ ...pairs, __name__: name });
}
