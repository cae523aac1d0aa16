import { newSigningKey } from '../../../src/tlog/c2sp/keys.ts';

/** Found by trying 60,000 seeds: two keys of one name and one id, 077ebe2b. */
export const twins = [twin(44_855), twin(59_829)] as const;

function twin(number: number) {
  const seed = Buffer.alloc(32);
  seed.writeUInt32BE(number, 28);
  return newSigningKey('witness', 'twin.example/witness', seed).key;
}
