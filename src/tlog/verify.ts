/** Compares a store with a checkpoint that was kept elsewhere. Every event is read again for it. */

import { parseCheckpoint } from './c2sp/checkpoint.ts';
import { orderNoOf } from '../history/event.ts';
import type { LogDependencies } from './dependencies.ts';
import { assertOpen } from './dependencies.ts';
import { readLeaves } from './leaves/leaf.ts';
import { Frontier } from './c2sp/merkle.ts';
import { cosignersOf } from './sign.ts';
import { parseTrust, standingOf } from './c2sp/trust.ts';
import type { LogFault, LogVerification, LogVerificationOptions } from './types.ts';

const faultsMax = 1_000;

export async function verifyLog(
  dependencies: LogDependencies,
  { checkpoint: text, trust: trustText, leaves }: LogVerificationOptions,
): Promise<LogVerification> {
  const checkpoint = parseCheckpoint(text);
  const trust = trustText === undefined ? null : parseTrust(trustText);
  const standing = trust === null ? null : standingOf(checkpoint, trust);
  const { size, root, unreadable } = await readLog(dependencies, checkpoint.size);
  const faults: LogFault[] = [...unreadable];
  if (size < checkpoint.size || !Buffer.from(root).equals(checkpoint.root)) {
    const { alteredIn } = await import('./compare/altered.ts');
    faults.push(...(await alteredIn(dependencies, checkpoint, { trust, leaves })));
  }
  if (standing !== null && !standing.isEnough) {
    const message = `the checkpoint ${standing.problem ?? 'is not signed as the trust file demands'}`;
    faults.push({ code: 'not-vouched', orderNo: null, revision: null, index: null, message });
  }
  return {
    ok: faults.length === 0,
    size,
    checkpoint: {
      origin: checkpoint.origin,
      size: checkpoint.size,
      root: Buffer.from(checkpoint.root).toString('hex'),
    },
    signedBy: {
      log: standing?.log?.vkey ?? null,
      witnesses: trust === null ? [] : cosignersOf(checkpoint, trust),
    },
    vouched: standing?.isEnough ?? false,
    faults: faults.slice(0, faultsMax),
  };
}

/** How many events of orders there are, and the root over the first of them. */
async function readLog({ store, closing }: LogDependencies, at: number) {
  const frontier = new Frontier();
  const unreadable: LogFault[] = [];
  let size = 0;
  let root = frontier.root();
  await readLeaves(store, null, (leaf) => {
    assertOpen({ closing });
    if (size < at) {
      frontier.append(leaf.hash);
      if (size + 1 === at) root = frontier.root();
    }
    if (!leaf.isReadable && unreadable.length < faultsMax) {
      const { stream, revision } = leaf;
      const message = `revision ${revision} of stream ${stream} has no readable hash`;
      const orderNo = orderNoOf(stream);
      unreadable.push({ code: 'leaf-unreadable', orderNo, revision, index: size, message });
    }
    size += 1;
    return undefined;
  });
  return { size, root, unreadable };
}
