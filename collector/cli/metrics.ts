import { say } from '../../agent/contract/say.ts';
import { declaredMetrics } from '../expose/declared.gen.ts';
import type { Command } from './commands.ts';
import { standardError } from './standard-error.ts';

/** Searches the declarations that came with this version; asks no collector. */
export const metrics: Command = {
  usage: 'metrics [WORD]',
  summary: 'Lists every metric that agents send: name, kind, labels, help; only those with WORD in them.',
  run([word = '']) {
    const all = Object.values(declaredMetrics).flatMap((set) => Object.values(set));
    const found = all.filter(({ name, help }) => `${name} ${help}`.toLowerCase().includes(word.toLowerCase()));
    const lines = found
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, kind, labels, help }) => `${name}${labels.length > 0 ? `{${labels.join(',')}}` : ''}  ${kind}\n    ${help}\n`);
    say(lines.join(''));
    if (found.length === 0) standardError(`no metric has ${JSON.stringify(word)} in its name or help\n`);
    return Promise.resolve(found.length === 0 ? 1 : 0);
  },
};
