import { realHost } from '../../real-host.ts';
import { clockCheck, runtimeChecks } from '../checks/machine.ts';
import { gatewayChecks } from '../checks/gateway.ts';
import { storeChecks } from '../checks/store.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { inert } from '../../dispute/inert.ts';
import { table } from '../table.ts';
import { english } from '../words/en.ts';

/** Looks at everything that must be right before money moves; changes and sends nothing. */
export async function doctor({ settings, screen, words }: Context): Promise<number> {
  const host = realHost();
  const checks = [
    ...(await runtimeChecks()),
    ...(await storeChecks(settings, host)),
    ...(await gatewayChecks(settings, host)),
    clockCheck(host),
  ];
  const isWell = checks.every(({ ok }) => ok);
  if (screen.json) {
    const said = checks.map(({ name, ok, say }) => ({ name, ok, message: say(english.doctor) }));
    screen.document({ checks: said });
  } else {
    const { names, ok: well, notOk } = words.doctor;
    const rows = checks.map(({ name, ok, say }) => [
      screen.paint(ok ? 'green' : 'red', ok ? well : notOk),
      names[name],
      inert(say(words.doctor)),
    ]);
    screen.lines(await table(rows));
    if (isWell) screen.talk(words.doctor.allOk);
    const damaged = checks.some(({ isDamage }) => isDamage === true);
    if (damaged) screen.talk(words.hint(words.store.advice['store-corrupt']));
  }
  if (isWell) return exitCodes.ok;
  return checks.some(({ isDamage }) => isDamage === true) ? exitCodes.integrity : exitCodes.runtime;
}
