import { agentFields } from '../agent/config.ts';
import type { Field, Fields } from '../agent/contract/config.ts';
import { samplerKinds } from '../agent/kinds.gen.ts';
import { collectorFields } from '../collector/config.ts';
import { declaredMetrics } from '../collector/expose/declared.gen.ts';
import { exampleOf } from './example-config.ts';
import { metricsPage } from './metrics-page.ts';

/** What is written for people out of what the programs declare: text by path in the project. */
export const documents: Readonly<Record<string, string>> = {
  'deploy/examples/agent.yaml': exampleOf({
    title: 'agent.yaml: every key of the agent, with its default. Installed as /etc/vigie/agent.yaml on a node.',
    check: 'vigie-agent --check --config FILE',
    fields: withPeriods(withDefault(agentFields(samplerKinds), 'instance', "the host's name")),
    set: { collector: 'http://collector:9797', token_file: '${CREDENTIALS_DIRECTORY:-/etc/vigie}/token' },
  }),
  'deploy/examples/collector.yaml': exampleOf({
    title: 'collector.yaml: every key of the collector, with its default. Installed as /etc/vigie/collector.yaml.',
    check: 'vigie check --config FILE',
    fields: withDefault(collectorFields, 'data', '/var/lib/vigie, or below the home directory for anyone but root'),
    set: { listen: '0.0.0.0:9797', data: '/var/lib/vigie' },
  }),
  'deploy/METRICS.md': metricsPage(declaredMetrics),
};

// Where the default is the machine's, the text must not be that of the machine that wrote it.
function withDefault(fields: Fields, key: string, words: string): Fields {
  const field: Field<unknown> | undefined = fields[key];
  if (field === undefined) throw new Error(`there is no key ${key}`);
  return { ...fields, [key]: { ...field, default: undefined, help: `${field.help.replace(/\.$/, '')} (${words}).` } };
}

// A sampler's own period is no default in the configuration, because the agent's may be longer.
function withPeriods(fields: Fields): Fields {
  const samplers = fields['samplers'];
  if (samplers?.fields === undefined) throw new Error('there is no section samplers');
  const shown = samplerKinds.map(({ name, period }) => {
    const section = samplers.fields?.[name];
    const own = section?.fields?.['period'];
    if (section === undefined || own === undefined) throw new Error(`sampler ${name} has no period`);
    return [name, { ...section, fields: { ...section.fields, period: { ...own, default: period } } }] as const;
  });
  return { ...fields, samplers: { ...samplers, fields: Object.fromEntries(shown) } };
}
