import { expect, it } from 'vitest';
import { createNotes } from './notes.ts';

it('tells each warning and info once, with line and column in bytes', () => {
  const text = 'sum(\n  rate(ünï_b[5m]))\n+ c';
  const notes = createNotes(text);
  for (let times = 0; times < 2; times++) {
    notes.warn('no quantile', { from: 0, to: 3 });
    notes.info('no counter', { from: text.indexOf('b['), to: 0 });
    notes.info('no counter', { from: text.indexOf('c', 20), to: 0 });
    notes.info('nowhere');
    notes.tell('as it is');
  }
  expect([...notes.warnings]).toEqual(['PromQL warning: no quantile (1:1)']);
  expect([...notes.infos]).toEqual(['PromQL info: no counter (2:14)', 'PromQL info: no counter (3:3)', 'PromQL info: nowhere', 'as it is']);
});
