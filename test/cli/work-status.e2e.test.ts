import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { until } from '../until.ts';
import { inChild, startChild } from './child.ts';
import { heldCall } from './held-gateway.ts';
import type { Desk } from './support.ts';
import { desk } from './support.ts';

const heartbeats = ({ directory }: Desk) =>
  readdirSync(directory).filter((name) => /\.work-.*\.json$/.test(name));

describe('the heartbeat of a work process', () => {
  test('shows it while it works, survives its death, and goes when it is stopped', async (context) => {
    const { here, release } = await heldCall(context, inChild);
    release();
    const isOk = async () => (await here.run('work', '--status')).code === 0;
    const dying = startChild(['work'], here.directory, here.env);
    await until(isOk);

    dying.kill();
    await dying.ended;
    const [left = ''] = heartbeats(here);
    const beat = JSON.parse(readFileSync(here.path(left), 'utf8')) as { readonly pid: number };
    // Half a minute later nobody has heard of it.
    const aged = { ...beat, at: new Date(Date.now() - 31_000).toISOString() };
    writeFileSync(here.path(left), JSON.stringify(aged));
    const dead = await here.run('work', '--status');
    const next = here.start('work');
    await until(isOk);
    const both = await here.json('work', '--status');
    next.stop('SIGTERM');
    const { code } = await next.ended;

    expect(statSync(here.path(left)).mode & 0o777).toBe(0o600);
    expect(dead.code).toBe(1);
    expect(dead.stderr).toContain('start it again');
    expect(both.body['workers']).toMatchObject([expect.anything(), expect.anything()]);
    expect(code).toBe(143);
    expect(heartbeats(here)).toEqual([left]);
  });

  test('is not waited for where it is a pipe', async () => {
    const here = desk(inChild);
    execFileSync('mkfifo', [here.path('payment-orders.db.index.work-pipe-1.json')]);

    const { code, stderr } = await here.run('work', '--status');

    expect(code).toBe(1);
    expect(stderr).toContain('no process says that it runs recovery');
    await here.remove();
  });
});
