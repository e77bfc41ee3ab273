import { defineMetrics } from '../../contract/metric.ts';

/** What holds power below what the hardware could draw. */
export const metrics = defineMetrics('power', {
  power_cap_watts: {
    kind: 'gauge',
    unit: 'watts',
    help: 'Power that a part of the node is held to, by constraint (long_term, short_term; cap where there is but one); absent where nothing holds it.',
    labels: ['component', 'constraint'],
  },
});
