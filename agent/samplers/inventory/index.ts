import { Unavailable } from '../../contract/errors.ts';
import type { Host } from '../../host.ts';
import { probeCommand } from '../../probe/command.ts';
import type { Inventory } from '../../probe/inventory-child.ts';
import { runOnce } from '../../probe/run-once.ts';
import { defineSampler } from '../../sampler.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { DMI_FILES, metrics } from './metrics.ts';
import type { DmiFact } from './metrics.ts';

const DEADLINE_MS = 20_000;

export default defineSampler({
  name: 'inventory',
  summary: 'What the machine is, from its firmware and from systeminformation, found once at start.',
  period: '5m',
  metrics,
  options: {},
  async open({ host, series, signal }) {
    const dmi = dmiInfo(host, series);
    // systeminformation knows only the machine it runs on.
    const hardware = host.root === '/' ? hardwareInfo(await takeInventory(signal), series) : undefined;
    const infos = [dmi, hardware].filter((one) => one !== undefined);
    if (infos.length === 0) throw new Unavailable('neither DMI nor systeminformation tell what this machine is');
    return {
      sample() {
        for (const info of infos) info.set(1);
      },
    };
  },
});

async function takeInventory(signal: AbortSignal): Promise<Partial<Inventory>> {
  const answer = await runOnce(probeCommand('inventory'), DEADLINE_MS, signal).catch(() => undefined);
  return typeof answer === 'object' && answer !== null && !('unavailable' in answer) ? answer : {};
}

function hardwareInfo(inventory: Partial<Inventory>, series: SamplerContext<unknown>['series']): Series | undefined {
  const fact = (name: keyof Inventory): string => (typeof inventory[name] === 'string' ? inventory[name] : '');
  if (Object.keys(inventory).length === 0) return undefined;
  return series(metrics.node_hardware_info, {
    vendor: fact('vendor'),
    model: fact('model'),
    cpu: fact('cpu'),
    sockets: fact('sockets'),
    cores: fact('cores'),
    threads: fact('threads'),
    memory_type: fact('memory_type'),
    os: fact('os'),
    virtual: fact('virtual'),
  });
}

function dmiInfo(host: Host, series: SamplerContext<unknown>['series']): Series | undefined {
  const facts = Object.entries(DMI_FILES).map(([fact, file]) => [fact, host.text(`/sys/class/dmi/id/${file}`) ?? ''] as const);
  if (facts.every(([, value]) => value === '')) return undefined;
  return series(metrics.node_dmi_info, Object.fromEntries(facts) as Record<DmiFact, string>);
}
