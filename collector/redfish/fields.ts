import { asRecord, join, optionalSection, section, show } from '../../agent/contract/config.ts';
import type { Fault, Field } from '../../agent/contract/config.ts';
import { choice, count, duration, flag, optionalText, text } from '../../agent/contract/fields.ts';
import { isNodeName } from '../series/identity.ts';
import { isServerUrl } from '../stores/server-url.ts';

/** What may be said for all BMCs, and of each anew. */
const access = {
  user: optionalText('User of the BMC; one who may read is enough.'),
  password_file: optionalText('File with the password of that user.'),
  auth: choice(['session', 'basic'], 'session', 'How to log in; a BMC that opens no session is asked with basic authorization.'),
  ca_file: optionalText("File with the certificates (PEM) that BMCs' certificates are checked against, in place of the system's."),
  server_name: optionalText("Name in the BMC's certificate, where it is not the one in the URL."),
  insecure: flag(false, 'Takes any certificate, old ciphers, and sends the password over http where the URL says so.'),
};

const targetFields = {
  url: optionalText('Where the BMC is.', isServerUrl),
  ...access,
  chassis: optionalText('Id of the chassis that is the node, where the first that its system names is not.'),
};

/** How one node's BMC is reached. */
export interface Target {
  readonly node: string;
  readonly url: string;
  readonly user: string | undefined;
  readonly passwordFile: string | undefined;
  /** Path of the option that named the file, for messages. */
  readonly passwordKey: string;
  readonly auth: 'session' | 'basic';
  readonly caFile: string | undefined;
  readonly serverName: string | undefined;
  readonly insecure: boolean;
  readonly chassis: string | undefined;
}

/** What the poller is told; times in milliseconds. */
export interface RedfishOptions {
  readonly period: number;
  readonly timeout: number;
  readonly concurrency: number;
  readonly cluster: string;
  readonly targets: readonly Target[];
}

type Report = (fault: Fault) => void;
type Given = Readonly<Record<string, unknown>>;

const shared = {
  period: duration('30s', 'Time between two readings of a BMC; one that fails is asked less and less, at last every 10 minutes.', {
    atLeast: '5s',
  }),
  timeout: duration('10s', 'How long one request may take.', { atLeast: '100ms' }),
  concurrency: count(32, 'BMCs asked at once.', { min: 1, max: 1000 }),
  cluster: text('default', 'Name of the cluster, a label on every sample, as in agent.yaml.'),
  url: optionalText(
    'Where BMCs are that say no URL of their own; {node} stands for the name of the node: https://{node}-bmc.',
    templateFault,
  ),
  ...access,
};

const targets: Field<unknown> = {
  takes: 'nodes',
  default: {},
  help: 'BMCs by name of the node, as `NODE: URL` or `NODE: { url, user, password_file, auth, ca_file, server_name, insecure, chassis }`; what is not said is taken from above. Or a list of nodes.',
  read: (value) => value,
};

/** The section `redfish`; every fault is reported with its path. */
export function redfishField(): Field<RedfishOptions | undefined> {
  const inner = optionalSection({ ...shared, targets }, "BMCs asked for their nodes' watts and temperatures, over Redfish.");
  return {
    ...inner,
    read(value, path, report) {
      const read = inner.read(value, path, report);
      if (read === undefined) return undefined;
      const { period, timeout, concurrency, cluster } = read;
      const found = readTargets(read.targets, read, path, report);
      return { period, timeout, concurrency, cluster, targets: found };
    },
  };
}

function readTargets(value: unknown, above: Given, path: string, report: Report): readonly Target[] {
  const here = join(path, 'targets');
  const named = Array.isArray(value) ? namesOf(value, here, report) : asRecord(value, here, report);
  const entries = Object.entries(named);
  if (entries.length === 0)
    report({ path: here, problem: 'no BMC is named', suggestion: 'write `NODE: URL` under it, or leave `redfish` out' });
  return entries.flatMap(([node, given]) => readTarget(node, given, above, join(here, node), join(path, 'password_file'), report) ?? []);
}

function namesOf(list: readonly unknown[], path: string, report: Report): Given {
  const names: Record<string, unknown> = {};
  for (const [at, name] of list.entries()) {
    if (typeof name === 'string' && !Object.hasOwn(names, name)) names[name] = {};
    else
      report({
        path: `${path}[${at}]`,
        problem: `${show(name)} is no name, or stands here twice`,
        suggestion: 'write the name of a node, once',
      });
  }
  return names;
}

function readTarget(node: string, given: unknown, above: Given, path: string, sharedKey: string, report: Report): Target | undefined {
  if (!isNodeName(node)) report({ path, problem: `${show(node)} is no name of a node`, suggestion: 'use letters, digits and . _ : -' });
  const own = typeof given === 'string' ? { url: given } : (given ?? {});
  const faults: Fault[] = [];
  const read = section(targetFields, '').read(own, path, (fault) => void faults.push(fault));
  for (const fault of faults) report(fault);
  if (faults.length > 0) return undefined;
  // A key that is not said here is the one above; the field's own default would hide it.
  const said = own as Given;
  const taken = <Key extends keyof typeof access>(key: Key): (typeof read)[Key] =>
    (said[key] === undefined ? above[key] : read[key]) as (typeof read)[Key];
  const url = read.url ?? (typeof above['url'] === 'string' ? above['url'].replaceAll('{node}', node) : undefined);
  if (url === undefined) {
    report({
      path: join(path, 'url'),
      problem: 'there is no URL',
      suggestion: 'write it like https://10.0.0.1, or a url with {node} for all',
    });
    return undefined;
  }
  const target: Target = {
    node,
    url,
    user: taken('user'),
    passwordFile: taken('password_file'),
    passwordKey: said['password_file'] === undefined ? sharedKey : join(path, 'password_file'),
    auth: taken('auth'),
    caFile: taken('ca_file'),
    serverName: taken('server_name'),
    insecure: taken('insecure'),
    chassis: read.chassis,
  };
  reportLogin(target, path, report);
  return target;
}

function reportLogin({ user, passwordFile, url, insecure }: Target, path: string, report: Report): void {
  if (user !== undefined && passwordFile === undefined)
    report({ path: join(path, 'password_file'), problem: 'there is a user without a password', suggestion: 'name a file that holds it' });
  if (user === undefined && passwordFile !== undefined)
    report({ path: join(path, 'user'), problem: 'there is a password without a user', suggestion: 'write whose it is' });
  if (user !== undefined && url.startsWith('http:') && !insecure)
    report({
      path: join(path, 'url'),
      problem: 'the password would go over http for all to read',
      suggestion: 'write https://, or set insecure: true',
    });
}

function templateFault(value: string): ReturnType<typeof isServerUrl> {
  if (!value.includes('{node}')) return { problem: `${show(value)} has no {node}`, suggestion: 'write it like https://{node}-bmc' };
  return isServerUrl(value.replaceAll('{node}', 'node'));
}
