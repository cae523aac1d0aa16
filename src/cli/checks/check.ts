import type { Words } from '../../words/cli/en.ts';

/** One thing that was looked at; JSON says it in English, people read it in their language. */
export type Check = {
  readonly name: keyof Words['doctor']['names'];
  readonly ok: boolean;
  /** What is stored is damaged: that has an exit code of its own. */
  readonly isDamage?: boolean;
  readonly say: (words: Words['doctor']) => string;
};

/** An error's own words: they name no secret. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
