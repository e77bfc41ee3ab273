/** DuckDB's vector size: where it looks at one row, it unpacks the lists of so many. */
const VECTOR_ROWS = 2048;
/** Numbers that are written down one by one; more are a range, of which the reader takes what it needs. */
const MOST_LISTED = 2000;

/**
 * How a file's runs of these series are best read: conditions on `series`, each for a query of its own. Every commit has the runs of
 * neighbouring numbers side by side, so series whose numbers are far apart are cheaper to read one after the other, unless they
 * are so many that all vectors would be looked at anyway. A series of several numbers is never torn apart: its samples' order counts.
 */
export function scansOf(numbers: readonly (readonly number[])[], seriesInFile: number): string[] {
  const all = Uint32Array.from(numbers.flat()).sort();
  if (all.length === 0) return [];
  const clusters: number[][] = [];
  for (const number of all) {
    const cluster = clusters.at(-1);
    if (cluster !== undefined && number - (cluster.at(-1) as number) < VECTOR_ROWS) cluster.push(number);
    else clusters.push([number]);
  }
  const isTorn = numbers.some((own) => own.length > 1);
  if (clusters.length === 1 || isTorn || clusters.length > seriesInFile / VECTOR_ROWS) return [conditionOf([...all])];
  return clusters.map(conditionOf);
}

function conditionOf(numbers: readonly number[]): string {
  const least = numbers[0] as number;
  const greatest = numbers.at(-1) as number;
  if (least === greatest) return `series = ${least}`;
  const range = `series BETWEEN ${least} AND ${greatest}`;
  const isWhole = greatest - least + 1 === numbers.length;
  return isWhole || numbers.length > MOST_LISTED ? range : `${range} AND series IN (${numbers.join(',')})`;
}
