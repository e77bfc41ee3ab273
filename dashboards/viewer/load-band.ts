import type { NodeSummary } from '../../collector/api/nodes.ts';

/** Classes of load per CPU with Ganglia's limits and colours (ganglia-web, conf_default.php: load_colors), lightest first. */
export const loadBands = [
  { tone: 'load-0', below: 0.25, title: 'load below 25 % of its CPUs' },
  { tone: 'load-25', below: 0.5, title: '25 to 50 %' },
  { tone: 'load-50', below: 0.75, title: '50 to 75 %' },
  { tone: 'load-75', below: 1, title: '75 to 100 %' },
  { tone: 'load-100', below: Number.POSITIVE_INFINITY, title: 'above 100 %' },
] as const;

/** The class of a node's load; `down` where it is, undefined where its load or CPUs are not known. */
export function loadTone({ state, load1, cpus }: NodeSummary): string | undefined {
  if (state === 'down') return 'load-down';
  if (load1 === null || cpus === null || cpus <= 0) return undefined;
  return loadBands.find(({ below }) => load1 / cpus < below)?.tone;
}
