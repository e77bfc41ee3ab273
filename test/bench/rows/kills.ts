import { faultsOf, killsText, runKills } from '../../system/kills.ts';
import type { BenchRow } from '../bench-row.ts';

/** Real processes killed and cut off at random; every sample is then checked in both stores. */
export const killsRow: BenchRow = {
  name: 'kills',
  summary: 'agents, collector and InfluxDB killed, stopped and cut off at random (--faults N, --seed N)',
  needs: ['influxd'],
  async run({ faults, seed, quick, progress }) {
    const run = await runKills({ faults: quick ? Math.min(faults, 10) : faults, seed });
    try {
      const { report, scene } = run;
      progress(`seed ${seed}: ${killsText(report)}`);
      const verdicts = Object.values(report.verdicts);
      const faulty = verdicts.flatMap(({ lost, undelivered, changed, doubled }) => [
        ...lost,
        ...undelivered,
        ...changed,
        ...doubled,
      ]).length;
      const acknowledged = Math.min(...verdicts.map((verdict) => verdict.acknowledged));
      return [
        { budget: 'kills-made', what: 'faults made at random', ours: `${faultsOf(report)} faults`, peer: 'none', value: faultsOf(report) },
        {
          budget: 'kills-faults',
          what: 'samples lost, changed or doubled by them',
          ours: `${faulty} of ${acknowledged}, ${report.unexpected.length} processes failed`,
          peer: `with ${scene.influxd.version}`,
          value: faulty + report.unexpected.length,
        },
      ];
    } finally {
      await run.close();
    }
  },
};
