import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../test/collector.ts';
import { selfSigned } from '../../test/self-signed.ts';
import { openBmc } from './client.ts';
import type { Target } from './fields.ts';
import { startBmc } from './made-bmc.ts';
import type { MadeBmcOptions } from './made-bmc.ts';
import { idrac } from './made-trees.ts';

const POWER = '/redfish/v1/Chassis/System.Embedded.1/Power';
const login = { user: 'reader', password: 'secret' };
const certificate = selfSigned('idrac-1234');

async function stand(made: Partial<MadeBmcOptions> = {}, wanted: Partial<Target> = {}) {
  const bmc = await startBmc({ tree: idrac, ...made });
  const folder = temporaryFolder();
  const passwordFile = join(folder.path, 'password');
  writeFileSync(passwordFile, `${login.password}\n`);
  const caFile = join(folder.path, 'ca.pem');
  writeFileSync(caFile, certificate.cert);
  const known = made.login === undefined ? {} : { user: login.user, passwordFile };
  const none = { user: undefined, passwordFile: undefined, caFile: undefined, serverName: undefined, chassis: undefined };
  const target: Target = {
    node: 'n',
    url: bmc.url,
    passwordKey: 'redfish.password_file',
    auth: 'session',
    insecure: false,
    ...none,
    ...known,
    ...wanted,
  };
  const client = openBmc(target, 300, new AbortController().signal);
  onTestFinished(async () => {
    await client.close();
    await bmc.close();
    folder.remove();
  });
  return { bmc, client, passwordFile, caFile };
}

describe('a BMC', () => {
  it('is logged in to once, and out at the end', async () => {
    const { bmc, client } = await stand({ login });
    await client.get(POWER);
    await client.get(POWER);
    expect(bmc.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
    expect(bmc.sessions.size).toBe(1);
    await client.close();
    expect(bmc.sessions.size).toBe(0);
  });

  it('whose session has ended gets a new one', async () => {
    const { bmc, client } = await stand({ login });
    await client.get(POWER);
    (bmc.sessions as Set<string>).clear();
    expect(await client.get(POWER)).toHaveProperty('PowerControl');
    expect(bmc.sessions.size).toBe(1);
  });

  it.each([
    ['opens no sessions', { sessions: false }, {}],
    ['is to be asked so', {}, { auth: 'basic' as const }],
  ])('that %s is asked with user and password', async (_name, made, wanted) => {
    const { bmc, client } = await stand({ login, ...made }, wanted);
    expect(await client.get(POWER)).toHaveProperty('PowerControl');
    expect(bmc.sessions.size).toBe(0);
  });

  it('that refuses the password says whose it is; the file is read anew for the next time', async () => {
    const { client, passwordFile } = await stand({ login: { ...login, password: 'changed' } });
    await expect(client.get(POWER)).rejects.toMatchObject({ reason: 'auth', message: expect.stringContaining('check the user reader') });
    writeFileSync(passwordFile, 'changed');
    await expect(client.get(POWER)).rejects.toMatchObject({ reason: 'auth' });
    expect(await client.get(POWER)).toHaveProperty('PowerControl');
  });

  it.each([
    ['slow', 'timeout', /no answer within 0.3 s/],
    ['broken', 'json', /no JSON/],
    ['redirects', 'redirect', /redirected to http:\/\/127.0.0.1:1\/elsewhere, which is not followed/],
    ['failing', 'status', /answered with 500/],
    ['locked', 'auth', /give user and password_file/],
  ] as const)('that is %s is a fault by the name %s', async (mood, reason, message) => {
    const { bmc, client } = await stand();
    bmc.mood = mood;
    await expect(client.get(POWER)).rejects.toMatchObject({ reason, message: expect.stringMatching(message) });
    expect(bmc.requests).toEqual([`GET ${POWER}`]);
  });

  it('that is not there is a fault by that name', async () => {
    const { bmc, client } = await stand();
    await bmc.close();
    await expect(client.get(POWER)).rejects.toMatchObject({ reason: 'unreachable' });
  });

  it('that links to another server is not followed there', async () => {
    const { client } = await stand();
    for (const path of ['//evil.example/x', 'http://evil.example/x']) await expect(client.get(path)).rejects.toThrow(/no path of its own/);
  });

  it('with a certificate of its own is refused, until that is named or any is taken', async () => {
    const tls = { tls: certificate, login };
    const { client, caFile, bmc } = await stand(tls);
    await expect(client.get(POWER)).rejects.toMatchObject({ reason: 'tls', message: expect.stringContaining('ca_file') });
    expect(bmc.requests).toEqual([]);
    for (const wanted of [{ caFile }, { caFile, serverName: 'idrac-1234' }, { insecure: true }]) {
      const trusting = await stand(tls, wanted);
      expect(await trusting.client.get(POWER)).toHaveProperty('PowerControl');
    }
    await expect((await stand(tls, { caFile, serverName: 'idrac-9999' })).client.get(POWER)).rejects.toMatchObject({ reason: 'tls' });
  });
});
