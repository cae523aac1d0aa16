import fc from 'fast-check';

/** Fixed; `FC_SEED=123 npm test` uses another. fast-check prints the seed of a failure. */
const seed = Number(process.env['FC_SEED'] ?? 20210222);

fc.configureGlobal({ seed });
