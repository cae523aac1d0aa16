import type { Level } from './level.ts';

/** Every level by its name, longest first: they are run two at a time. Loaded only when it is run. */
export const levels: Readonly<Record<string, () => Promise<Level>>> = {
  histories: async () => (await import('./levels/histories.ts')).histories,
  model: async () => (await import('./levels/model.ts')).model,
  'model-replay': async () => (await import('./levels/model-replay.ts')).modelReplay,
  kills: async () => (await import('./levels/kills.ts')).kills,
};
