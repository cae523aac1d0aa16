import type { Bug, Detector } from './bugs.ts';

/** Some 50 rounds. */
const tlog: Detector = { by: 'level', level: 'tlog', scale: 0.1 };
const tests = (files: string): Detector => ({ by: 'tests', files });

/** How the log over all orders could miss an alteration, or a witness let a fork pass. */
export const bugsOfTlog: readonly Bug[] = [
  {
    name: 'a leaf has the position of its event for its index',
    file: 'src/tlog/leaves/leaves.ts',
    from: 'for (const { stream, revision, id, hash } of leaves) {',
    to: 'for (const { stream, revision, id, hash, position } of leaves) {\n        size = Number(position) - 1;',
    detector: tlog,
  },
  {
    name: 'an event without a readable hash is left out',
    file: 'src/tlog/leaves/leaf.ts',
    from: 'const seen = see(leafOf(event));',
    to: 'const leaf = leafOf(event);\n        const seen = leaf.isReadable ? see(leaf) : undefined;',
    detector: tlog,
  },
  {
    name: 'notices are leaves, too',
    file: 'src/tlog/leaves/leaf.ts',
    from: 'store.readAll(after, streamPrefix)',
    to: "store.readAll(after, [streamPrefix, 'paymentOrderNotice-'])",
    detector: tlog,
  },
  {
    name: 'a node is hashed as a leaf is',
    file: 'src/tlog/c2sp/merkle.ts',
    from: '  input[0] = 1;\n',
    to: '',
    detector: tests('test/tlog/c2sp/merkle.test.ts'),
  },
  {
    name: 'a proof of consistency need not lead to the old root',
    file: 'src/tlog/c2sp/merkle.ts',
    from: 'areEqual(climb(seam, siblings.filter(isLeft), ofOld), oldRoot) &&',
    to: 'climb(seam, siblings.filter(isLeft), ofOld).length === oldRoot.length &&',
    detector: tlog,
  },
  {
    name: 'a checkpoint is signed that does not extend the one before',
    file: 'src/tlog/sign.ts',
    from: 'if (newest !== null) assertExtends(leaves, newest.checkpoint);',
    to: '',
    detector: tlog,
  },
  {
    name: 'leaves are used whose rows were altered',
    file: 'src/tlog/leaves/kept-leaves.ts',
    from: '    leaves.assertWhole();\n',
    to: '',
    detector: tests('test/tlog/leaves/leaves.test.ts'),
  },
  {
    name: 'a store is not compared where leaves are kept',
    file: 'src/tlog/verify.ts',
    from: 'if (size < checkpoint.size ||',
    to:
      "const { existsSync } = await import('node:fs');\n" +
      "  const isKept = existsSync(dependencies.leavesFile ?? '');\n" +
      '  if (isKept ? size < 0 : size < checkpoint.size ||',
    detector: tlog,
  },
  {
    name: 'kept leaves are believed that do not give the root',
    file: 'src/tlog/compare/altered.ts',
    from: 'return found !== null && Buffer.compare(found, root) === 0;',
    to: 'return found !== null && root.length > 0;',
    detector: tlog,
  },
  {
    name: 'a stored checkpoint is believed that the log alone has signed',
    file: 'src/tlog/compare/altered.ts',
    from: 'standingOf(one, trust).isEnough',
    to: 'standingOf(one, trust).log !== null',
    detector: { by: 'level', level: 'tlog', scale: 0.5 },
  },
  {
    name: 'an event that was moved among all orders is not named',
    file: 'src/tlog/compare/match-leaves.ts',
    from: '  await matching.markMoved();\n',
    to: '',
    detector: tests('test/tlog/compare/compare.test.ts test/tlog/compare/compare-examples.test.ts'),
  },
  {
    name: 'the witness goes by the old size that the request names',
    file: 'src/tlog/witness/witness.ts',
    from: "if (oldSize !== recorded.size) return refused('other-size', conflict(recorded));",
    to:
      'if (oldSize === 0) ' +
      'return { result: { answer: text(200, cosign(checkpoint, this.#dependencies.key, 0)), ' +
      "verdict: 'cosigned', recorded }, next: checkpoint };",
    detector: tlog,
  },
  {
    name: 'the witness cosigns another root of the same size',
    file: 'src/tlog/witness/witness.ts',
    from: 'const isSameSize = size === recorded.size;',
    to:
      'if (size === recorded.size && size === oldSize) recorded = { size, root };\n' +
      '    const isSameSize = size === recorded.size;',
    detector: tlog,
  },
  {
    name: 'the witness answers before it has persisted',
    file: 'src/tlog/witness/state.ts',
    from: 'if (next !== null) record(database, next);',
    to: 'if (next !== null) setImmediate(() => database.isOpen && record(database, next));',
    detector: tlog,
  },
  {
    name: 'the witness believes who did not sign',
    file: 'src/tlog/witness/witness.ts',
    from: 'if (valid.length === 0) return null;',
    to: 'if (valid.length === 0) return checkpoint;',
    detector: tests('test/tlog/witness/witness.test.ts'),
  },
  {
    name: 'one key counts twice under two names',
    file: 'src/tlog/c2sp/trust.ts',
    from: 'if (keys.has(publicKey)) {',
    to: 'if (keys.has(publicKey) && kind === key.name) {',
    detector: tests('test/tlog/c2sp/trust.test.ts'),
  },
  {
    name: 'a trusted log vouches for another log',
    file: 'src/tlog/c2sp/trust.ts',
    from: "return kind === 'valid' && key.name === origin;",
    to: "return kind === 'valid' && origin.length > 0;",
    detector: tests('test/tlog/c2sp/trust-standing.test.ts'),
  },
  {
    name: 'a cosignature does not cover its time',
    file: 'src/tlog/c2sp/cosignature.ts',
    from: '`cosignature/v1\\ntime ${atSeconds}\\n${text}`',
    to: '`cosignature/v1\\ntime ${atSeconds * 0}\\n${text}`',
    detector: tests('test/tlog/c2sp/vectors.test.ts'),
  },
];
