import { keyOf } from '../witness/world.ts';

export const { key: log } = keyOf('log', 'log.example/orders', 1);
export const { key: otherLog } = keyOf('log', 'log.example/others', 2);
export const witnesses = ['a', 'b', 'c', 'd'].map((name, at) => ({
  name,
  key: keyOf('witness', `${name}.example/witness`, 10 + at).key,
}));
const lines = witnesses.map(({ name, key }) => `witness ${name} ${key.vkey}\n`).join('');
/** A trust text without its quorum: a log, and the witnesses a to d. */
export const base = `log ${log.vkey}\n${lines}`;
