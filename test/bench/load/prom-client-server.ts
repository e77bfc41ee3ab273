// Holds the series of a Prometheus text file in prom-client and serves them at /metrics; says its URL over the channel of messages.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Registry } from 'prom-client';

const [file = ''] = process.argv.slice(2);
const registry = new Registry();
fill(readFileSync(file, 'utf8'));

const server = createServer((_request, response) => {
  registry.metrics().then(
    (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, '127.0.0.1', () => process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));

interface Family {
  readonly name: string;
  readonly help: string;
  readonly kind: string;
  readonly samples: { readonly labels: Record<string, string>; readonly value: number }[];
}

function fill(text: string): void {
  for (const { name, help, kind, samples } of familiesOf(text)) {
    const labelNames = [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))];
    const options = { name, help: help === '' ? 'None.' : help, labelNames, registers: [registry] };
    if (kind === 'counter') {
      const counter = new Counter(options);
      for (const { labels, value } of samples) counter.inc(labels, value);
    } else {
      const gauge = new Gauge(options);
      for (const { labels, value } of samples) gauge.set(labels, value);
    }
  }
}

function familiesOf(text: string): Family[] {
  const families: Family[] = [];
  let help = '';
  for (const line of text.split('\n')) {
    const [, about = '', name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (about === 'HELP') help = rest;
    else if (about === 'TYPE') families.push({ name, help, kind: rest, samples: [] });
    else if (line !== '') {
      const value = line.lastIndexOf(' ');
      const labels = Object.fromEntries(
        [...line.slice(0, value).matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', is = '']) => [key, is]),
      );
      families.at(-1)?.samples.push({ labels, value: Number(line.slice(value + 1)) });
    }
  }
  return families;
}
