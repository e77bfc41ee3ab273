import type { ValueType } from '../ast.ts';
import type { PromqlFunction } from './function.ts';

/** Functions that Prometheus has behind a feature flag only; it refuses them with `function "NAME" is not enabled`. */
export const experimentalFunctions: ReadonlySet<string> = new Set([
  'double_exponential_smoothing',
  'end',
  'first_over_time',
  'histogram_quantiles',
  'info',
  'integral',
  'mad_over_time',
  'range',
  'sort_by_label',
  'sort_by_label_desc',
  'start',
  'step',
  'ts_of_first_over_time',
  'ts_of_last_over_time',
  'ts_of_max_over_time',
  'ts_of_min_over_time',
]);

/** All functions of Prometheus 3 that are not experimental. */
export const functions: readonly PromqlFunction[] = [
  ...declared(
    ['vector'],
    0,
    'vector',
    'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor ln log10 log2 rad sgn sin sinh',
  ),
  ...declared(['vector'], 0, 'vector', 'histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar'),
  ...declared(['vector'], 0, 'vector', 'sort sort_desc sqrt tan tanh timestamp'),
  ...declared(['vector'], 0, 'scalar', 'scalar'),
  ...declared(['scalar'], 0, 'vector', 'vector'),
  ...declared([], 0, 'scalar', 'pi time'),
  ...declared(['vector'], 1, 'vector', 'days_in_month day_of_month day_of_week day_of_year hour minute month year'),
  ...declared(['vector', 'scalar'], 0, 'vector', 'clamp_max clamp_min'),
  ...declared(['vector', 'scalar', 'scalar'], 0, 'vector', 'clamp'),
  ...declared(['vector', 'scalar'], 1, 'vector', 'round'),
  ...declared(['vector', 'string', 'string', 'string', 'string'], 0, 'vector', 'label_replace'),
  ...declared(['vector', 'string', 'string', 'string'], -1, 'vector', 'label_join'),
  ...declared(['scalar', 'scalar', 'vector'], 0, 'vector', 'histogram_fraction'),
  ...declared(['scalar', 'vector'], 0, 'vector', 'histogram_quantile'),
  ...declared(['matrix'], 0, 'vector', 'absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate'),
  ...declared(['matrix'], 0, 'vector', 'last_over_time max_over_time min_over_time present_over_time rate resets'),
  ...declared(['matrix'], 0, 'vector', 'stddev_over_time stdvar_over_time sum_over_time'),
  ...declared(['matrix', 'scalar'], 0, 'vector', 'predict_linear'),
  ...declared(['scalar', 'matrix'], 0, 'vector', 'quantile_over_time'),
];

const byName = new Map(functions.map((each) => [each.name, each]));

/** The function of that name; undefined where there is none. */
export function functionNamed(name: string): PromqlFunction | undefined {
  return byName.get(name);
}

// TODO: each takes its real shape in the file of its family.
function declared(args: readonly ValueType[], optional: number, returns: ValueType, names: string): PromqlFunction[] {
  return names.split(' ').map((name) => ({ kind: 'special', name, args, optional, returns }));
}
