import { BUCKET, CPU, ENERGY, LOAD, POWER } from './names.ts';

/** Expressions that are asked at one time only. */
export const instantQuestions: readonly string[] = [
  `${LOAD}[5m]`,
  `${POWER}{instance="n3"}[30m] offset 10m`,
  `${LOAD}[10m:1m]`,
  `rate(${CPU}{mode="user"}[2m])[10m:1m] @ AT`,
  '"text"',
];

/** Expressions that are asked at one time only, and put the series of their answer in order. */
export const orderedQuestions: readonly string[] = [
  `sort(${POWER})`,
  `sort_desc(${POWER})`,
  `sort(rate(${ENERGY}[5m]))`,
  `topk(4, ${POWER})`,
  `bottomk(4, ${POWER})`,
  `sort_desc(sum by (instance) (${POWER}))`,
];

/** Texts that are no questions, or have no answer. */
export const refusedQuestions: readonly string[] = [
  `${LOAD} + on (cluster) machine_load15`,
  `${POWER} * on (instance) group_left () ${POWER}`,
  `rate(${LOAD})`,
  'sum by',
  `${LOAD}[5m] + 1`,
  'nosuchfunction(1)',
  'avg_over_time(time()[10m:1m])',
  `${POWER} * on (instance) machine_info`,
  `${POWER} + on (cluster) ${LOAD}`,
  `${LOAD}{`,
  '"a" + 1',
  '{instance=~".*"}',
  `${LOAD} and 1`,
  `label_replace(${LOAD}, "instance", "same", "instance", ".*")`,
  `1 == 1`,
];

/** Questions about series, labels and their values: a path of the API, and what it is asked for. */
export const seriesQuestions: readonly (readonly string[])[] = [
  ['labels'],
  ['labels', POWER],
  ['labels', '{instance="n1"}', BUCKET],
  ['labels', 'nothing_at_all'],
  ['label/instance/values'],
  ['label/instance/values', POWER],
  ['label/instance/values', `${LOAD}{cluster!="alpha"}`, 'card_facts{model=~"H.*"}'],
  ['label/__name__/values'],
  ['label/__name__/values', '{gpu="0"}'],
  ['label/__name__/values', '{instance=~"rec.*",cpu=~".+"}'],
  ['label/le/values'],
  ['label/path/values'],
  ['label/uuid/values', `${POWER}{instance!~"n[123]"}`],
  ['label/nothing/values'],
  ['series', LOAD],
  ['series', `${LOAD}{instance="n1"}`, POWER],
  ['series', '{__name__=~"machine_.+",instance="n2"}'],
  ['series', '{instance="n3",gpu=""}'],
  ['series', '{instance=~"rec1|n4",gpu!="0"}'],
  ['series', 'machine_info{path!=""}'],
  ['series', 'nothing_at_all'],
];
