import { generateKeyPairSync } from 'node:crypto';
import type { Watch } from './watch.ts';
import { cardNumber, grouped } from './watch.ts';

/** Secrets that are planted everywhere and must be output nowhere. */
export type Secrets = {
  /** RSA PKCS#8 PEM: a key that works. */
  readonly pem: string;
  /** The same as the platform hands it out: one line of base64. */
  readonly oneLine: string;
  /** Keys that do not: cut, of another kind, locked. */
  readonly badKeys: readonly string[];
  readonly password: string;
  readonly appSecret: string;
  readonly phone: string;
  /** A card number in groups: names, codes and free text accept it, numbers of orders do not. */
  readonly card: string;
  /** All of them, for any input that is refused whatever it holds. */
  readonly all: readonly string[];
};

export function plantSecrets(watch: Watch): Secrets {
  const pemOf = (key: ReturnType<typeof generateKeyPairSync>['privateKey']) =>
    key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const pem = pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  const ec = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  const weak = pemOf(generateKeyPairSync('rsa', { modulusLength: 768 }).privateKey);
  const other = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const locked = other
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'passphrase' })
    .toString();
  for (const text of [pem, ec, weak, locked]) {
    const oneLine = oneLineOf(text);
    watch.plantLong('private key', oneLine);
    watch.plantLong('private key', Buffer.from(oneLine, 'base64'));
  }
  const oneLine = oneLineOf(pem);
  const card = grouped(cardNumber(1), ' ');
  const short = {
    password: 'pAss-canary-5Zq8',
    appSecret: 'appsecret-canary-7f31c0de',
    phone: '13912345678',
  };
  watch.plant('card number', cardNumber(1));
  for (const [name, text] of Object.entries(short)) watch.plant(name, text);
  const badKeys = [
    pem.slice(0, 900),
    pem.replace('MII', 'AII'),
    oneLine.slice(0, 800),
    `x${oneLine}`,
    ec,
    weak,
    locked,
    `${oneLine}!`,
  ];
  return {
    pem,
    oneLine,
    badKeys,
    card,
    ...short,
    all: [pem, oneLine, card, ...Object.values(short)],
  };
}

const oneLineOf = (pem: string) => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
