import { CPU, POWER, ENERGY, LOAD, BUCKET } from './names.ts';

const overTime: readonly string[] = [
  ...['avg', 'min', 'max', 'sum', 'count', 'last', 'present', 'stddev', 'stdvar'].flatMap((name) => [
    `${name}_over_time(${POWER}[5m])`,
    `${name}_over_time(lab_voltage_volts[37m])`,
  ]),
  ...['avg', 'sum', 'stddev'].map((name) => `${name}_over_time(lab_pressure_pascals[20m])`),
  ...[0, 0.25, 0.5, 0.9, 1, -1, 2].map((q) => `quantile_over_time(${q}, ${POWER}[10m])`),
  `quantile_over_time(scalar(door_open{instance="n1"}) / 2, ${POWER}[10m])`,
  `absent_over_time(nothing_at_all{a="b"}[5m])`,
  `absent_over_time(${POWER}{gpu="7",instance=~"n.*"}[5m])`,
  `count_over_time(lab_rare_celsius[1h])`,
  `max_over_time(card_temperature_celsius[1h]) - min_over_time(card_temperature_celsius[1h])`,
];

const rates: readonly string[] = [
  ...['rate', 'increase', 'irate', 'delta', 'idelta', 'deriv', 'changes', 'resets'].flatMap((name) => [
    `${name}(${CPU}{mode="user"}[5m])`,
    `${name}(job_restarts_total[20m])`,
    `${name}(${ENERGY}[7m])`,
  ]),
  `rate(${CPU}{instance="n2"}[2h] offset 1h55m)`,
  `increase(${CPU}{instance="n2"}[1h] offset 1h40m)`,
  `resets(${CPU}{instance="n2"}[1h] offset 1h40m)`,
  `rate(machine_network_received_bytes_total[1m])`,
  `rate(machine_network_received_bytes_total[31s])`,
  `irate(machine_network_received_bytes_total[1m])`,
  `rate(machine_network_received_bytes_total[5m] offset 3m)`,
  `rate(${CPU}[5m] @ AT)`,
  `rate(${CPU}[5m] @ end())`,
  `delta(lab_slow_celsius[30m])`,
  `deriv(${POWER}[10m])`,
  `deriv(lab_voltage_volts[1h])`,
  `predict_linear(${POWER}[10m], 600)`,
  `predict_linear(machine_memory_used_bytes[30m], 3600)`,
  `predict_linear(machine_memory_used_bytes[30m] offset 5m, -60)`,
  `changes(door_open[30m])`,
  `changes(machine_memory_total_bytes[30m])`,
  `resets(door_open[30m])`,
  `idelta(${POWER}[1m])`,
];

const math: readonly string[] = [
  ...[
    'abs',
    'ceil',
    'floor',
    'exp',
    'sgn',
    'sin',
    'cos',
    'tan',
    'asin',
    'acos',
    'atan',
    'sinh',
    'cosh',
    'tanh',
    'asinh',
    'deg',
    'rad',
    'sqrt',
    'ln',
    'log2',
    'log10',
  ].map((name) => `${name}(lab_voltage_volts)`),
  `acosh(abs(lab_voltage_volts) + 1)`,
  `atanh(lab_voltage_volts / 100)`,
  `round(${POWER})`,
  `round(${POWER}, 5)`,
  `round(lab_voltage_volts, 0.1)`,
  `clamp(${POWER}, 190, 210)`,
  `clamp_min(lab_voltage_volts, 0)`,
  `clamp_max(lab_voltage_volts, 0)`,
  `clamp(${POWER}, 210, 190) or vector(1)`,
  `-${LOAD}`,
  `+${LOAD}`,
  'pi()',
  'pi() * 2',
];

const times: readonly string[] = [
  'time()',
  'time() - 1.5',
  'vector(time())',
  'vector(1) + time()',
  `timestamp(${LOAD})`,
  `timestamp(${LOAD} offset 3m)`,
  `timestamp(lab_slow_celsius)`,
  `timestamp(${LOAD} + 0)`,
  `time() - timestamp(card_facts)`,
  ...['minute', 'hour', 'day_of_month', 'day_of_week', 'day_of_year', 'days_in_month', 'month', 'year'].flatMap((name) => [
    `${name}()`,
    `${name}(vector(951782400))`,
    `${name}(${LOAD} * 1e9)`,
  ]),
  `scalar(${LOAD}{instance="n1"})`,
  `scalar(${LOAD})`,
  `scalar(nothing_at_all) + 1`,
  `${LOAD} * scalar(lab_slow_celsius{instance="n1"})`,
];

const labels: readonly string[] = [
  `label_replace(${LOAD}, "node", "$1", "instance", "n(.*)")`,
  `label_replace(${LOAD}, "node", "node-$1$2", "instance", "(n)(.*)")`,
  `label_replace(${LOAD}, "node", "\${digits}!", "instance", "n(?P<digits>[0-9]+)")`,
  `label_replace(${LOAD}, "instance", "", "instance", "m.*")`,
  `label_replace(${LOAD}, "cluster", "all", "nothing", "")`,
  `label_replace(${LOAD}, "node", "x", "instance", "no such")`,
  `label_join(${POWER}, "card", "/", "instance", "gpu")`,
  `label_join(${POWER}, "card", "", "nothing", "gpu", "uuid")`,
  `label_join(${POWER}, "uuid", "-", "nothing")`,
  `absent(nothing_at_all)`,
  `absent(nothing_at_all{a="b",c!="d",e=~"f"})`,
  `absent(${LOAD}{instance="n1"}) or vector(5)`,
  `absent(sum(nothing_at_all{a="b"}))`,
];

const histograms: readonly string[] = [
  ...[0, 0.1, 0.5, 0.9, 0.99, 1, -0.5, 1.5].map((q) => `histogram_quantile(${q}, rate(${BUCKET}[5m]))`),
  `histogram_quantile(0.9, sum by (le) (rate(${BUCKET}[5m])))`,
  `histogram_quantile(0.9, sum by (le, route) (rate(${BUCKET}[10m])))`,
  `histogram_quantile(0.5, ${BUCKET})`,
  `histogram_quantile(0.5, ${BUCKET}{le!="+Inf"}) or vector(1)`,
  `histogram_quantile(0.9, ${BUCKET}{le=~"0.5|\\\\+Inf"})`,
  `histogram_quantile(scalar(door_open{instance="n1"}), rate(${BUCKET}[5m]))`,
  `rate(http_request_seconds_sum[5m]) / rate(http_request_seconds_count[5m])`,
  `sum by (route) (rate(${BUCKET}{le="0.1"}[5m])) / sum by (route) (rate(http_request_seconds_count[5m]))`,
];

/** Expressions with every function, each of which answers something alike in Prometheus 2.42 and 3. */
export const functionQuestions: readonly string[] = [overTime, rates, math, times, labels, histograms].flat();
