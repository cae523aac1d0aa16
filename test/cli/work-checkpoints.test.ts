import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Desk } from './support.ts';
import { desk, withSandbox } from './support.ts';

let here: Desk;

beforeEach(async ({ onTestFinished }) => {
  here = desk();
  onTestFinished(here.remove);
  const sandbox = await withSandbox(here);
  onTestFinished(() => sandbox.close());
  await here.run('tlog', 'keygen', '--out', 'log.key', '--name', 'shop/log');
  await here.run('create', 'O1', '--process-bill-no', 'F1');
});

const signing = ['--checkpoint-key', 'log.key', '--checkpoint-out', 'kept'];

describe('work --checkpoint-key', () => {
  test('signs one with --once where the log grew, and writes it', async () => {
    const [first, again] = [
      await here.run('work', '--once', ...signing),
      await here.run('work', '--once', ...signing),
    ];
    await here.run('create', 'O2', '--process-bill-no', 'F2');
    const json = await here.json('work', '--once', ...signing);

    expect([first.code, again.code, json.code]).toEqual([0, 0, 0]);
    expect(first.stderr).toBe('shop/log: checkpoint over 1 event\n');
    expect(again.stderr).toBe('');
    expect(json.body).toMatchObject({ checkpoint: { size: 2, isNew: true } });
    expect(readFileSync(here.path('kept'), 'utf8')).toMatch(/^shop\/log\n2\n/);
  });

  test('signs while it works: at once, and again after so many events', async () => {
    const running = here.start('work', ...signing, '--checkpoint-every-events', '1');
    await running.said('checkpoint over 1 event\n');
    await here.run('create', 'O2', '--process-bill-no', 'F2');
    await running.said('checkpoint over 2 events\n');
    running.stop('SIGTERM');

    expect(await running.ended).toMatchObject({ code: 143 });
    expect(readFileSync(here.path('kept'), 'utf8')).toMatch(/^shop\/log\n2\n/);
  });

  test('goes on where it cannot be written any more, and where a witness does not cosign', async () => {
    const { body } = await here.json('tlog', 'keygen', '--out', 'other.key');
    writeFileSync(here.path('trust'), `${String(body['trustLine'])}\nquorum none\n`);
    const running = here.start(
      ...['work', ...signing, '--checkpoint-every-events', '1'],
      ...['--trust', 'trust', '--witness', 'http://127.0.0.1:1/'],
    );
    await running.said('warning: NOT cosigned by http://127.0.0.1:1/: ');
    rmSync(here.path('kept'));
    mkdirSync(here.path('kept'));
    await here.run('create', 'O2', '--process-bill-no', 'F2');
    await running.said('kept cannot be written: ');
    await here.run('create', 'O3', '--process-bill-no', 'F3');
    await running.said('checkpoint over 3 events\n');
    running.stop('SIGTERM');

    expect(await running.ended).toMatchObject({ code: 143 });
  });

  test('signs nothing where there is no store', async () => {
    const once = await here.run('work', '--once', ...signing, '--store', 'sqlite:absent.db');

    expect(once.code).toBe(0);
    expect(here.has('absent.db')).toBe(false);
    expect(here.has('kept')).toBe(false);
  });

  test('is needed by every option of checkpoints, and its own are checked before the store', async () => {
    const cases: readonly (readonly [string, readonly string[]])[] = [
      [
        '--checkpoint-every-minutes can only be used with --checkpoint-key',
        ['--checkpoint-every-minutes', '5'],
      ],
      ['--checkpoint-every-events can only be used with', ['--checkpoint-every-events', '5']],
      ['--checkpoint-out can only be used with', ['--checkpoint-out', 'kept']],
      ['--witness can only be used with --checkpoint-key', ['--witness', 'http://a']],
      ['--trust can only be used with --checkpoint-key', ['--trust', 'trust']],
      ['--witness can only be used with --trust', [...signing, '--witness', 'http://a']],
      ['--checkpoint-key: cannot be opened', ['--checkpoint-key', 'absent']],
      ['absent/a cannot be written', [...signing.slice(0, 3), 'absent/a']],
      ['--checkpoint-every-minutes: must be', [...signing, '--checkpoint-every-minutes', '0']],
      ['--checkpoint-every-minutes: must be', [...signing, '--checkpoint-every-minutes', '1441']],
      ['--checkpoint-every-events: must be', [...signing, '--checkpoint-every-events', '1e3']],
      ['--status cannot be used with other options', ['--status', ...signing]],
      ['--status cannot be used with other options', ['--status', '--witness', 'http://a']],
    ];
    const before = readdirSync(here.directory);

    for (const [says, args] of cases) {
      const refused = await here.run('work', ...args);
      expect({ args, code: refused.code, stdout: refused.stdout }).toEqual({
        args,
        code: 2,
        stdout: '',
      });
      expect(refused.stderr).toContain(says);
    }
    expect(readdirSync(here.directory)).toEqual(before);
  });
});
