import { systemRuntime } from '../../runtime.ts';
import { escapeForTerminal } from '../../text.ts';
import { en } from '../../words/cli/en.ts';
import { command } from '../command.ts';
import type { Context } from '../io.ts';
import { exitCodes } from '../output/failure.ts';
import { table } from '../output/table.ts';
import { checksOf } from './doctor-checks.ts';

export const commands = [
  command('doctor', {
    about: 'check this machine and these settings, and say what to do',
    run: (context) => doctor(context),
  }),
];

/** Checks all that must be right before money moves; changes and sends nothing. */
async function doctor({ settings, screen, words }: Context): Promise<number> {
  const checks = await checksOf(settings, systemRuntime());
  const isWell = checks.every(({ ok }) => ok);
  if (screen.json) {
    const reported = checks.map(({ name, ok, say }) => ({ name, ok, message: say(en.doctor) }));
    screen.document({ checks: reported });
  } else {
    const { names, ok: well, notOk } = words.doctor;
    const rows = checks.map(({ name, ok, say }) => [
      screen.paint(ok ? 'green' : 'red', ok ? well : notOk),
      names[name],
      escapeForTerminal(say(words.doctor)),
    ]);
    screen.lines(await table(rows));
    if (isWell) screen.talk(words.doctor.allOk);
    const damaged = checks.some(({ isDamage }) => isDamage === true);
    if (damaged) screen.talk(words.hint(words.store.advice['store-corrupt']));
  }
  if (isWell) return exitCodes.ok;
  return checks.some(({ isDamage }) => isDamage === true) ? exitCodes.integrity : exitCodes.runtime;
}
