import fc from 'fast-check';

/** Fixed in CI; `FC_SEED=123 npm test` repeats another run. fast-check prints the seed of what failed. */
const seed = Number(process.env['FC_SEED'] ?? 20210222);

fc.configureGlobal({ seed });
