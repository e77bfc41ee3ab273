import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and its own certificate, PEM both. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

// X.690 tags, and the object identifiers of RFC 5280 and RFC 5758, encoded.
const SEQUENCE = 0x30;
const SET = 0x31;
const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');
const DAY_MS = 86_400_000;

/** A certificate for this name, and for 127.0.0.1 where asked, that is valid today: what a BMC has from its factory. */
export function selfSigned(name: string, { address = true } = {}): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const time = (offset: number): Buffer =>
    der(0x18, Buffer.from(`${new Date(Date.now() + offset).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
  const names = der(SEQUENCE, der(0x82, Buffer.from(name)), ...(address ? [der(0x87, Buffer.from([127, 0, 0, 1]))] : []));
  const tbs = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    der(SEQUENCE, ECDSA_WITH_SHA256),
    subject,
    der(SEQUENCE, time(-DAY_MS), time(DAY_MS)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, der(SEQUENCE, SUBJECT_ALT_NAME, der(0x04, names)))),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', tbs, privateKey));
  const certificate = der(SEQUENCE, tbs, der(SEQUENCE, ECDSA_WITH_SHA256), signature);
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const head = length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), body]);
}
