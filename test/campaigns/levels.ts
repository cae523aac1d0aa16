import type { Level } from './level.ts';

/** Every level by its name, longest first: they are run two at a time. Loaded only when it is run. */
export const levels: Readonly<Record<string, () => Promise<Level>>> = {
  tampering: async () => (await import('./levels/tampering.ts')).tampering,
  kills: async () => (await import('./levels/kills.ts')).kills,
};
