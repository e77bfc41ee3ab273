import { Unavailable } from '../../contract/errors.ts';
import type { Finding } from '../../finding.ts';
import type { Host } from '../../host.ts';
import type { Log } from '../../log.ts';
import { slowSource } from './slow-source.ts';
import type { PowerSource } from './source.ts';
import type { Way } from './way.ts';

// The names under which the kernel's ipmi_devintf shows the BMC; ipmitool and freeipmi look at these.
const DEVICES: readonly (readonly [folder: string, name: string])[] = [
  ['/dev', 'ipmi0'],
  ['/dev/ipmi', '0'],
  ['/dev/ipmidev', '0'],
];

/** How long an answer may take, milliseconds: the tool in the child gives up after 10 s; only a child that hangs itself needs longer. */
export const IPMI_SOFT_MS = 12_000;

/** Opens the BMC of this node, asked by a command in a child process. Throws `Unavailable` where it is not asked for or there is none. */
export function openIpmi(host: Host, log: Log, { ipmi }: IpmiOptions, { pace, probe }: Way): PowerSource {
  if (!ipmi) throw new Unavailable('the BMC is not asked (ipmi: true)');
  if (!hasBmc(host)) throw new Unavailable(`no BMC in ${host.path('/dev')}; \`${LOAD_IPMI}\` loads it`);
  return slowSource({
    name: 'ipmi',
    tellsParts: false,
    pace,
    now: () => host.now(),
    log,
    async ask() {
      const { values, error } = await probe.ask('power');
      const watts = values?.['watts'];
      if (watts === undefined) throw new Error(error ?? 'the BMC has not answered');
      return { watts, components: [] };
    },
    close: probe.rest,
  });
}

/** What the sampler's options say of IPMI. */
export interface IpmiOptions {
  readonly ipmi: boolean;
  /** Milliseconds. */
  readonly ipmi_period: number;
}

const LOAD_IPMI = 'modprobe -a ipmi_si ipmi_devintf';

function hasBmc(host: Host): boolean {
  return DEVICES.some(([folder, name]) => host.list(folder).includes(name));
}

/** Whether a BMC is there and asked. */
export function examineIpmi(host: Host, { ipmi }: IpmiOptions): Finding {
  const source = 'IPMI DCMI';
  if (!hasBmc(host)) return { source, found: false, why: `no BMC in ${host.path('/dev')}`, fix: LOAD_IPMI };
  if (!ipmi)
    return {
      source,
      found: false,
      why: 'there is a BMC, but it is not asked',
      fix: "samplers: { power: { ipmi: true } } in agent.yaml   (its device is root's: deploy/README.md has the lines)",
    };
  const tools = ['/usr/bin', '/usr/sbin', '/bin', '/sbin', '/usr/local/bin', '/usr/local/sbin'].flatMap((folder) =>
    host.list(folder).filter((name) => name === 'ipmitool' || name === 'ipmi-dcmi'),
  );
  const [tool] = tools;
  if (tool === undefined)
    return { source, found: false, why: 'neither ipmitool nor ipmi-dcmi is installed', fix: 'apt-get install ipmitool' };
  return { source, found: true, why: `asked with ${tool}` };
}
