import { declaredMetrics } from '../expose/declared.gen.ts';
import type { Command } from './commands.ts';

export const metrics: Command = {
  usage: 'metrics [WORD]',
  summary: 'Lists every metric that agents send: name, kind, labels, help; only those with WORD in them.',
  run([word = '']) {
    const all = Object.values(declaredMetrics).flatMap((set) => Object.values(set));
    const found = all.filter(({ name, help }) => `${name} ${help}`.toLowerCase().includes(word.toLowerCase()));
    for (const { name, kind, labels, help } of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      process.stdout.write(`${name}${labels.length > 0 ? `{${labels.join(',')}}` : ''}  ${kind}\n    ${help}\n`);
    }
    if (found.length === 0) process.stderr.write(`no metric has ${JSON.stringify(word)} in its name or help\n`);
    return Promise.resolve(found.length === 0 ? 1 : 0);
  },
};
