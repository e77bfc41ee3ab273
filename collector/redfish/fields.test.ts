import { expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../agent/contract/config.ts';
import { collectorFields } from '../config.ts';

const read = (redfish: unknown) => readConfig(collectorFields, { redfish }, 'collector.yaml').redfish;

it('a BMC takes from above what it does not say itself', () => {
  const options = read({
    user: 'reader',
    password_file: '/etc/vigie/bmc',
    cluster: 'dahu',
    insecure: true,
    targets: {
      dahu1: 'https://10.0.0.1',
      dahu2: { url: 'https://10.0.0.2', user: 'root', password_file: '/etc/vigie/root', insecure: false },
    },
  });
  expect(options).toMatchObject({ period: 30_000, cluster: 'dahu' });
  expect(options?.targets).toMatchObject([
    {
      node: 'dahu1',
      url: 'https://10.0.0.1',
      user: 'reader',
      passwordFile: '/etc/vigie/bmc',
      passwordKey: 'redfish.password_file',
      insecure: true,
    },
    { node: 'dahu2', user: 'root', passwordFile: '/etc/vigie/root', passwordKey: 'redfish.targets.dahu2.password_file', insecure: false },
  ]);
});

it('nodes alone are enough where their BMCs’ URLs are made of their names', () => {
  expect(read({ url: 'https://{node}-bmc', targets: ['dahu1', 'dahu2'] })?.targets.map(({ url }) => url)).toEqual([
    'https://dahu1-bmc',
    'https://dahu2-bmc',
  ]);
  expect(read(undefined)).toBeUndefined();
});

it.each([
  [{ targets: {} }, 'redfish.targets: no BMC is named'],
  [{ targets: 3 }, 'redfish.targets: 3 is not a group of keys'],
  [{ targets: ['a', 'a'] }, 'redfish.targets[1]: "a" is no name, or stands here twice'],
  [{ targets: { a: {} } }, 'redfish.targets.a.url: there is no URL'],
  [{ targets: { 'a b': 'https://x' } }, 'redfish.targets.a b: "a b" is no name of a node'],
  [{ targets: { a: 'bmc' } }, 'redfish.targets.a.url: "bmc" is not an http URL'],
  [{ targets: { a: 'https://u:p@x' } }, 'redfish.targets.a.url: there is a user in the URL'],
  [{ targets: { a: { url: 'https://x', pasword_file: '/x' } } }, 'redfish.targets.a.pasword_file: unknown key'],
  [{ user: 'u', targets: { a: 'https://x' } }, 'redfish.targets.a.password_file: there is a user without a password'],
  [{ password_file: '/x', targets: { a: 'https://x' } }, 'redfish.targets.a.user: there is a password without a user'],
  [{ user: 'u', password_file: '/x', targets: { a: 'http://x' } }, 'redfish.targets.a.url: the password would go over http'],
  [{ url: 'https://bmc', targets: ['a'] }, 'redfish.url: "https://bmc" has no {node}'],
  [{ period: '1s', targets: { a: 'https://x' } }, 'redfish.period: "1s" is too short'],
])('%j is told with its path', (redfish, fault) => {
  expect(() => read(redfish)).toThrow(ConfigError);
  expect(() => read(redfish)).toThrow(fault);
});
