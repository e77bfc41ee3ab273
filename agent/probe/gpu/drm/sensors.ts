import type { Host } from '../../../host.ts';
import type { FileValue } from './file-values.ts';

/** Metrics by the ending of a sensor's files: `input`, `crit`, … */
export type Elements = Readonly<Record<string, string>>;

/** The files of a sensor of a chip (`temp2_input`, …) that its label file names so; none where no sensor has the label. */
export function sensor(
  host: Host,
  hwmon: string,
  type: string,
  label: string,
  metrics: Elements,
  as: FileValue['as'],
): readonly FileValue[] {
  const file = host.list(hwmon).find((name) => name.startsWith(type) && name.endsWith('_label') && host.text(`${hwmon}/${name}`) === label);
  return file === undefined ? [] : elements(`${hwmon}/${file.slice(0, -'_label'.length)}`, metrics, as);
}

/** The files of the sensor whose files begin so. */
export function elements(beginning: string, metrics: Elements, as: FileValue['as']): readonly FileValue[] {
  return Object.entries(metrics).map(([element, metric]) => ({ metric, path: `${beginning}_${element}`, as }));
}

/** Degrees to the nearest of the limits, over pairs of a temperature's name and its limit's; NaN where none is known. */
export function nearestMargin(values: Readonly<Record<string, number>>, pairs: readonly (readonly [string, string])[]): number {
  let nearest = Number.NaN;
  for (const [heat, most] of pairs) {
    const left = (values[most] ?? Number.NaN) - (values[heat] ?? Number.NaN);
    if (!Number.isNaN(left) && !(nearest <= left)) nearest = left;
  }
  return nearest;
}
