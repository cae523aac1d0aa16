import type { Level } from './level.ts';

/** Every level by its name, longest first: they are run two at a time. Loaded only when it is run. */
export const levels: Readonly<Record<string, () => Promise<Level>>> = {
  simulation: async () => (await import('./levels/simulation.ts')).simulation,
  crashes: async () => (await import('./levels/crashes.ts')).crashes,
  clocks: async () => (await import('./levels/clocks.ts')).clocks,
  bugs: async () => (await import('./levels/bugs.ts')).bugs,
  kills: async () => (await import('./levels/kills.ts')).kills,
  'hostile-gateway': async () => (await import('./levels/hostile-gateway.ts')).hostileGateway,
  canaries: async () => (await import('./levels/canaries.ts')).canaries,
};
