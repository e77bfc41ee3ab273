import { expect, test } from 'vitest';
import { Unavailable } from '../../contract/errors.ts';
import { openLog } from '../../log.ts';
import { chooseSource } from './choice.ts';
import type { Candidate, SourceName } from './source.ts';

interface Fake extends Candidate {
  /** What it tells; undefined is nothing new, null a node that does not have it. */
  watts: number | undefined | null;
  opened: number;
}

function fake(name: SourceName, watts: number | undefined | null): Fake {
  const candidate: Fake = {
    name,
    watts,
    opened: 0,
    open() {
      if (candidate.watts === null) throw new Unavailable(`no ${name}`);
      candidate.opened++;
      return {
        name,
        counts: true,
        tellsParts: false,
        periodMs: 0,
        read: (at) => (typeof candidate.watts === 'number' ? { at, watts: candidate.watts, joules: 1, components: [] } : undefined),
        close: () => void candidate.opened--,
      };
    },
  };
  return candidate;
}

const log = openLog(() => undefined);
const SECOND = 1000;

test('the best that the node has is taken', () => {
  const choice = chooseSource([fake('pm_counters', null), fake('acpi', 400), fake('estimate', 200)], 0, log);
  expect([choice.source.name, choice.take(0)?.watts]).toEqual(['acpi', 400]);
});

test('a source that is silent for a minute is left for the next one, and taken again when it tells', () => {
  const acpi = fake('acpi', 400);
  const estimate = fake('estimate', 200);
  const choice = chooseSource([acpi, estimate], 0, log);
  choice.take(0);
  acpi.watts = Number.NaN;
  expect(choice.take(60 * SECOND)?.watts).toBeNaN();
  expect([choice.take(61 * SECOND), choice.source.name, acpi.opened]).toEqual([undefined, 'estimate', 0]);
  // The better one is tried beside the other, which stays in use while it is silent.
  expect([choice.take(361 * SECOND)?.watts, choice.source.name, acpi.opened]).toEqual([200, 'estimate', 1]);
  acpi.watts = 410;
  expect([choice.take(362 * SECOND)?.watts, choice.source.name, estimate.opened]).toEqual([410, 'acpi', 0]);
});

test('a better one that stays silent is given up, until the next look', () => {
  const acpi = fake('acpi', null);
  const choice = chooseSource([acpi, fake('estimate', 200)], 0, log);
  acpi.watts = undefined;
  choice.take(300 * SECOND);
  expect(acpi.opened).toBe(1);
  choice.take(361 * SECOND);
  expect([acpi.opened, choice.source.name]).toEqual([0, 'estimate']);
});

test('where nothing is left, every reason is told', () => {
  const only = fake('estimate', 200);
  const choice = chooseSource([fake('acpi', null), only], 0, log);
  only.watts = null;
  expect(() => choice.take(61 * SECOND)).toThrow(/no acpi; no estimate/);
  expect(() => chooseSource([only], 0, log)).toThrow(Unavailable);
});
