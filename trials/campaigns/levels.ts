import type { Level } from './level.ts';

/** Every level by its name, longest first: they are run two at a time. Loaded only when it is run. */
export const levels: Readonly<Record<string, () => Promise<Level>>> = {
  simulation: async () => (await import('./levels/simulation.ts')).simulation,
  histories: async () => (await import('./levels/histories.ts')).histories,
  crashes: async () => (await import('./levels/crashes.ts')).crashes,
  'sqlite-damage': async () => (await import('./levels/sqlite-damage.ts')).sqliteDamage,
  tampering: async () => (await import('./levels/tampering.ts')).tampering,
  'golden-altered': async () => (await import('./levels/golden-altered.ts')).goldenAltered,
  waiting: async () => (await import('./levels/waiting.ts')).waiting,
  mutants: async () => (await import('./levels/mutants.ts')).mutants,
  'sqlite-kills': async () => (await import('./levels/sqlite-kills.ts')).sqliteKills,
  bugs: async () => (await import('./levels/bugs.ts')).bugs,
  'hostile-gateway': async () => (await import('./levels/hostile-gateway.ts')).hostileGateway,
  'model-replay': async () => (await import('./levels/model-replay.ts')).modelReplay,
  model: async () => (await import('./levels/model.ts')).model,
  clocks: async () => (await import('./levels/clocks.ts')).clocks,
  canaries: async () => (await import('./levels/canaries.ts')).canaries,
  'kills-eventstoredb': async () => (await import('./levels/kills.ts')).killsEventStoreDb,
  'server-kills': async () => (await import('./levels/server-kills.ts')).serverKills,
  'kills-sqlite': async () => (await import('./levels/kills.ts')).killsSqlite,
  rivals: async () => (await import('./levels/rivals.ts')).rivals,
  'first-open': async () => (await import('./levels/first-open.ts')).firstOpen,
  'disk-full': async () => (await import('./levels/disk-full.ts')).diskFull,
  'sqlite-copies': async () => (await import('./levels/sqlite-copies.ts')).sqliteCopies,
  'sqlite-planted': async () => (await import('./levels/sqlite-planted.ts')).sqlitePlanted,
  'sqlite-fsync': async () => (await import('./levels/sqlite-fsync.ts')).sqliteFsync,
};
