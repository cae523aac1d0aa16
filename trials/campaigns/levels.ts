import type { Level } from './level.ts';

/**
 * Every level by its name, longest first, with the one that waits most among them: they are run three
 * at a time. Loaded only when it is run.
 */
export const levels: Readonly<Record<string, () => Promise<Level>>> = {
  bugs: async () => (await import('./levels/bugs.ts')).bugs,
  'hostile-gateway': async () => (await import('./levels/hostile-gateway.ts')).hostileGateway,
  simulation: async () => (await import('./levels/simulation.ts')).simulation,
  histories: async () => (await import('./levels/histories.ts')).histories,
  findings: async () => (await import('./levels/findings.ts')).findings,
  inbox: async () => (await import('./levels/inbox.ts')).inbox,
  canaries: async () => (await import('./levels/canaries.ts')).canaries,
  clocks: async () => (await import('./levels/clocks.ts')).clocks,
  crashes: async () => (await import('./levels/crashes.ts')).crashes,
  'sqlite-damage': async () => (await import('./levels/sqlite-damage.ts')).sqliteDamage,
  packages: async () => (await import('./levels/packages.ts')).packages,
  tlog: async () => (await import('./levels/tlog.ts')).tlog,
  guessing: async () => (await import('./levels/guessing.ts')).guessing,
  tampering: async () => (await import('./levels/tampering.ts')).tampering,
  'golden-altered': async () => (await import('./levels/golden-altered.ts')).goldenAltered,
  waiting: async () => (await import('./levels/waiting.ts')).waiting,
  compiled: async () => (await import('./levels/compiled.ts')).compiled,
  mutants: async () => (await import('./levels/mutants.ts')).mutants,
  'sqlite-kills': async () => (await import('./levels/sqlite-kills.ts')).sqliteKills,
  'model-replay': async () => (await import('./levels/model-replay.ts')).modelReplay,
  model: async () => (await import('./levels/model.ts')).model,
  'kills-eventstoredb': async () => (await import('./levels/kills.ts')).killsEventStoreDb,
  'server-kills': async () => (await import('./levels/server-kills.ts')).serverKills,
  'kills-sqlite': async () => (await import('./levels/kills.ts')).killsSqlite,
  rivals: async () => (await import('./levels/rivals.ts')).rivals,
  'first-open': async () => (await import('./levels/first-open.ts')).firstOpen,
  signals: async () => (await import('./levels/signals.ts')).signals,
  'disk-full': async () => (await import('./levels/disk-full.ts')).diskFull,
  'sqlite-copies': async () => (await import('./levels/sqlite-copies.ts')).sqliteCopies,
  'sqlite-planted': async () => (await import('./levels/sqlite-planted.ts')).sqlitePlanted,
  'sqlite-fsync': async () => (await import('./levels/sqlite-fsync.ts')).sqliteFsync,
};
