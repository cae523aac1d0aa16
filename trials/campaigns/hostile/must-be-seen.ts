import { behaviours } from './behaviours.ts';

/** Each row once, and of the random part what it is there for. */
export const mustBeSeen: readonly string[] = [
  ...behaviours.map(({ name }) => name),
  ...['port closed', 'host name unknown', 'TLS expired', 'TLS self-signed', 'TLS wrong host'],
  ...['TLS of an authority not trusted', 'TLS too old', 'TLS right', 'connect timeout'],
  ...['no connection free', 'reset on a connection used before'],
  'process died, then its answer came',
  ...['ends cancelled', 'ends paying', 'ends paid', 'refused in doubt', 'confirmed after a doubt'],
  ...['changed: flip a bit', 'changed: cut', 'changed: cut out', 'changed: insert'],
  ...['changed: header twice', 'changed: one word for another', 'changed: nothing'],
  ...['changed and CancelConfirmed', 'changed and CancelRefused', 'changed and CancelBlocked'],
  'changed and CancelOutcomeUnknown',
];
