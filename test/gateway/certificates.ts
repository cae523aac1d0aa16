import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/**
 * X.509 made by hand, so that the tests need no openssl and no certificate is kept that expires.
 * ECDSA P-256; a certificate authority and what it signs.
 */
export type Certificate = { readonly cert: string; readonly key: string };
export type Authority = Certificate & { issue(options: Leaf): Certificate };
export type Leaf = { readonly dns?: string; readonly ip?: string; readonly expired?: boolean };

export function newAuthority(): Authority {
  const { publicKey, privateKey } = newKeys();
  const name = distinguishedName('Test authority');
  const cert = certificate({
    issuer: name,
    subject: name,
    publicKey,
    signer: privateKey,
    extensions: [extension('551d13', true, seq(tlv(0x01, Buffer.from([0xff]))))],
  });
  return {
    cert,
    key: pem(privateKey),
    issue: (leaf) => {
      const keys = newKeys();
      return {
        cert: certificate({
          issuer: name,
          subject: distinguishedName('leaf'),
          publicKey: keys.publicKey,
          signer: privateKey,
          expired: leaf.expired ?? false,
          extensions: [alternativeNames(leaf)],
        }),
        key: pem(keys.privateKey),
      };
    },
  };
}

export function selfSigned(leaf: Leaf): Certificate {
  const { publicKey, privateKey } = newKeys();
  const name = distinguishedName('self-signed');
  const extensions = [alternativeNames(leaf)];
  const options = { issuer: name, subject: name, publicKey, signer: privateKey, extensions };
  return { cert: certificate(options), key: pem(privateKey) };
}

type CertificateOptions = {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly expired?: boolean;
};

let serial = 1;

function certificate(options: CertificateOptions): string {
  serial += 1;
  const algorithm = seq(tlv(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const year = new Date().getUTCFullYear();
  const signed = seq(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([0x01, serial])),
    algorithm,
    options.issuer,
    options.expired === true ? validity(year - 3, year - 2) : validity(year - 1, year + 2),
    options.subject,
    options.publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, seq(...options.extensions)),
  );
  const signature = sign('sha256', signed, options.signer);
  const der = seq(signed, algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').replace(/(.{64})/g, '$1\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function validity(fromYear: number, toYear: number): Buffer {
  const time = (year: number): Buffer =>
    tlv(0x17, Buffer.from(`${String(year % 100).padStart(2, '0')}0101000000Z`));
  return seq(time(fromYear), time(toYear));
}

function alternativeNames({ dns, ip }: Leaf): Buffer {
  const names: Buffer[] = [];
  if (dns !== undefined) names.push(tlv(0x82, Buffer.from(dns)));
  if (ip !== undefined) names.push(tlv(0x87, Buffer.from(ip.split('.').map(Number))));
  return extension('551d11', false, seq(...names));
}

function extension(oid: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [tlv(0x01, Buffer.from([0xff]))] : [];
  return seq(tlv(0x06, Buffer.from(oid, 'hex')), ...flag, tlv(0x04, value));
}

function distinguishedName(commonName: string): Buffer {
  const attribute = seq(
    tlv(0x06, Buffer.from('550403', 'hex')),
    tlv(0x0c, Buffer.from(commonName)),
  );
  return seq(tlv(0x31, attribute));
}

function newKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function seq(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}
