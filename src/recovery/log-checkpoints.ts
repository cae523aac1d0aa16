import type { CheckpointKeeper, KeeperDependencies } from '../tlog/keeper.ts';
import type { TransparencyLog } from '../tlog/log.ts';
import type { CheckpointsOptions } from './options.ts';

/**
 * What signs checkpoints for recovery. Loaded only where that is wanted.
 *
 * @throws {PaymentOrderError} `invalid-input` with the name of the option; nothing was begun.
 */
export async function keeperOf(
  log: Pick<TransparencyLog, 'checkpoint'>,
  dependencies: Pick<KeeperDependencies, 'runtime' | 'onError' | 'signal'>,
  { everyMs, everyEvents, onCheckpoint, ...signers }: CheckpointsOptions,
): Promise<CheckpointKeeper> {
  const { parseSigners } = await import('../tlog/sign.ts');
  parseSigners(signers, 'checkpoints.');
  const { CheckpointKeeper: Keeper } = await import('../tlog/keeper.ts');
  const { runtime, onError, signal } = dependencies;
  const checkpoint = () => log.checkpoint({ ...signers, signal });
  return new Keeper(
    { runtime, onError, signal, checkpoint, onCheckpoint },
    { everyMs, everyEvents },
  );
}
