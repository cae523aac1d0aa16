import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'vitest';
import { describe, expect, test } from 'vitest';
import { until } from '../until.ts';
import { heldCall } from './held-gateway.ts';
import type { Desk } from './support.ts';
import { desk } from './support.ts';

/** `work` runs, and its heartbeat is written. */
async function working(context: TestContext) {
  const { here } = await heldCall(context);
  const running = here.start('work');
  await running.said('working');
  await until(() => heartbeatOf(here) !== null);
  return { here, running };
}

function heartbeatOf({ directory, path }: Desk): string | null {
  const name = readdirSync(directory).find((file) => /\.work-.*\.json$/.test(file));
  return name === undefined ? null : path(name);
}

/** Changes what the heartbeat says, under another name: its process goes on writing. */
function another(here: Desk, change: (beat: Record<string, unknown>) => void): void {
  const beat = JSON.parse(readFileSync(heartbeatOf(here) ?? '', 'utf8')) as Record<string, unknown>;
  change(beat);
  writeFileSync(here.path('payment-orders.db.index.work-other-7.json'), JSON.stringify(beat));
}

describe('work --status', () => {
  test('shows who works, and ends with 0 while one follows the store', async (context) => {
    const { here, running } = await working(context);

    await until(async () => (await here.run('work', '--status')).code === 0);
    const asLines = await here.run('work', '--status');
    const asJson = await here.json('work', '--status');

    const [headers = '', row = ''] = asLines.stdout.split('\n');
    expect(headers).toMatch(/^PROCESS +RECOVERY +SEEN +LATE BY +WAITING +DUE +IN FLIGHT +FIRED/);
    expect(row).toMatch(new RegExp(` ${process.pid} +following +\\S+ m?s ago .* 1 up$`));
    expect(asJson).toMatchObject({
      code: 0,
      body: {
        ...{ ok: true, fault: null },
        workers: [{ pid: process.pid, isFresh: true, status: { phase: 'following' } }],
      },
    });
    running.stop('SIGTERM');
    await running.ended;
    expect(heartbeatOf(here)).toBeNull();
  });

  test('ends with 1 and says why where nobody works', async () => {
    const here = desk();
    const nobody = await here.run('work', '--status');
    const inMemory = await here.run('work', '--status', '--index', 'memory:');
    const asJson = await here.json('work', '--status');

    expect([nobody.code, inMemory.code]).toEqual([1, 1]);
    expect([nobody.stdout, inMemory.stdout]).toEqual(['', '']);
    expect(nobody.stderr).toContain('no process says that it runs recovery');
    expect(inMemory.stderr).toContain('give the same --index FILE');
    expect(asJson).toEqual({ code: 1, body: { ok: false, fault: 'none', workers: [] } });
    expect(readdirSync(here.directory)).toEqual([]);
    await here.remove();
  });

  test('ends with 1 where the last one is old, and where none follows the store', async (context) => {
    const { here, running } = await working(context);
    another(here, (beat) => (beat['at'] = '2026-11-29T10:00:00.000Z'));
    running.stop('SIGTERM');
    await running.ended;

    const stale = await here.run('work', '--status');
    isReadingAgain(here);
    const reading = await here.run('work', '--status');

    expect([stale.code, reading.code]).toEqual([1, 1]);
    expect(stale.stderr).toMatch(/no process has said within 30 s .* ago/);
    expect(reading.stderr).toContain('follows no store now');
    expect(reading.stdout).toContain('reading the store');
  });

  test('shows a gateway that is down, with what comes from outside escaped', async (context) => {
    const { here, running } = await working(context);
    another(here, (beat) => {
      const down = { name: 'b', appId: 'B', state: 'down', rule: 'x\u001b[2J', waiting: 20 };
      beat['host'] = 'h\u001b[2J';
      beat['status'] = {
        ...(beat['status'] as object),
        gateways: [{ ...down, since: new Date().toISOString() }],
        leftAlone: { others: 2, noGateway: 1 },
      };
    });

    const { stdout } = await here.run('work', '--status');

    expect(stdout).toMatch(
      /b DOWN for \d+ m?s \(x\\u001b\[2J\), 20 waiting; 3 orders left to others/,
    );
    expect(stdout).not.toContain('\u001b');
    running.stop('SIGTERM');
    await running.ended;
  });

  test('takes no other option of work', async () => {
    const here = desk();
    for (const more of [['--once'], ['--retry-blocked'], ['--ask-after-ms', '60000']]) {
      const { code, stderr } = await here.run('work', '--status', ...more);
      expect(code).toBe(2);
      expect(stderr).toContain('--status cannot be used with other options of work');
    }
    await here.remove();
  });
});

/** The same one, as it would say just after its start. */
function isReadingAgain(here: Desk): void {
  const path = here.path('payment-orders.db.index.work-other-7.json');
  const beat = JSON.parse(readFileSync(path, 'utf8')) as { status: object };
  const status = { ...beat.status, phase: 'reading' };
  writeFileSync(path, JSON.stringify({ ...beat, at: new Date().toISOString(), status }));
}
