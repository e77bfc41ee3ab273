import { optionalText, text, texts } from '../../../agent/contract/fields.ts';
import { forwarder } from '../forward.ts';
import type { Wire } from '../forward.ts';
import { judge } from '../judge.ts';
import { connections } from '../post.ts';
import { secretFrom } from '../secret.ts';
import { isServerUrl } from '../server-url.ts';
import type { Secret } from '../secret.ts';
import { defineStore } from '../store.ts';

const IN_FLIGHT = 4;
const DEADLINE_MS = 10_000;

// VictoriaMetrics answers before its disk has the lines: ended properly it keeps them, killed it loses those of its last seconds
// (1.79: between 6 and 15 s of new series, measured; newer ones 5 s, their `-inmemoryDataFlushInterval`).
export default defineStore({
  name: 'prometheus',
  summary: 'Forwards lines to a server that takes line protocol and answers PromQL: VictoriaMetrics, one process or a cluster.',
  options: {
    url: text('http://127.0.0.1:8428', 'Where the server is.', isServerUrl),
    write_path: text('/write', 'Where under the URL it takes lines; `/insert/0/influx/write` for a VictoriaMetrics cluster.'),
    query_url: optionalText(
      'Where it answers PromQL (`/api/v1/…` below it), if not at its url; `http://vmselect:8481/select/0/prometheus` for a VictoriaMetrics cluster.',
      isServerUrl,
    ),
    query: texts('More parameters of every write, like `db: vigie`, which VictoriaMetrics makes a label of.'),
    headers: texts('More headers of every write and every question, like `X-Scope-OrgID: tenant`.'),
    token_file: optionalText('File with a token that is sent as `Authorization: Bearer TOKEN`.'),
  },
  async open({ options, log }) {
    const token = options.token_file === undefined ? undefined : secretFrom(options.token_file, 'stores.prometheus.token_file');
    const target = new URL(options.url.replace(/\/+$/, '') + options.write_path);
    for (const [key, value] of Object.entries(options.query)) target.searchParams.set(key, value);
    target.searchParams.set('precision', 'ms');
    const url = (options.query_url ?? options.url).replace(/\/+$/, '');
    return {
      name: 'prometheus',
      ...forwarder(wireTo(target, options.headers, token), log),
      reading: () => ({ kind: 'proxy', url, headers: { ...options.headers, ...authorization(token) } }),
    };
  },
});

function wireTo(target: URL, headers: Readonly<Record<string, string>>, token: Secret | undefined): Wire {
  const server = connections({ most: IN_FLIGHT, deadlineMs: DEADLINE_MS });
  const where = `prometheus store ${target.origin}${target.pathname}`;
  return {
    where,
    async post(members, signal) {
      const encoding = members.length === 0 ? {} : { 'content-encoding': 'gzip' };
      const request = {
        method: 'POST',
        url: target,
        headers: { ...headers, ...authorization(token), ...encoding },
        body: members,
      } as const;
      const answer = await server.send(request, signal);
      if (answer.status === 401 || answer.status === 403) token?.refresh();
      judge(answer, where);
    },
    close: () => server.close(),
  };
}

function authorization(token: Secret | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token.value()}` };
}
