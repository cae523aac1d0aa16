import type { CheckName, DoctorWords } from '../../words/cli/doctor-words.ts';

/** One thing that was looked at; JSON says it in English, people read it in their language. */
export type Check = {
  readonly name: CheckName;
  readonly ok: boolean;
  /** What is stored is damaged: that has an exit code of its own. */
  readonly isDamage?: boolean;
  readonly say: (words: DoctorWords) => string;
};

/** An error's own words: they name no secret. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}
