import { systemRuntime } from '../../runtime.ts';
import { clockCheck, runtimeChecks } from '../checks/machine.ts';
import { gatewayChecks } from '../checks/gateway.ts';
import { storeChecks } from '../checks/store.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { escapeForTerminal } from '../../text.ts';
import { table } from '../output/table.ts';
import { en } from '../../words/cli/en.ts';

/** Looks at everything that must be right before money moves; changes and sends nothing. */
export async function doctor({ settings, screen, words }: Context): Promise<number> {
  const runtime = systemRuntime();
  const checks = [
    ...(await runtimeChecks()),
    ...(await storeChecks(settings, runtime)),
    ...(await gatewayChecks(settings, runtime)),
    clockCheck(runtime),
  ];
  const isWell = checks.every(({ ok }) => ok);
  if (screen.json) {
    const said = checks.map(({ name, ok, say }) => ({ name, ok, message: say(en.doctor) }));
    screen.document({ checks: said });
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
