import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Desk } from './support.ts';
import { desk } from './support.ts';

const orderNo = 'O20201109150635695000003';
const store = ['--store', 'sqlite:demo.db'];

let here: Desk;

beforeAll(async () => {
  here = desk();
  await here.run('demo', ...store);
});

afterAll(() => here.remove());

describe('what is shown in a terminal', () => {
  test('fits into 80 columns where it is help', async () => {
    here.env['COLUMNS'] = '80';
    const { stdout } = await here.run('--help');

    const [options = ''] = stdout.split('Environment:');
    for (const line of options.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test.for([60, 80, 120, 200])('fits into %i columns, in both languages', async (columns) => {
    for (const lang of ['en', 'zh-CN']) {
      for (const args of [
        ...[['log', orderNo], ['log', orderNo, '--detailed'], ['attempts', orderNo], ['list']],
        ...[
          ['diff', orderNo, '0..4'],
          ['replay', orderNo],
        ],
      ]) {
        here.env['COLUMNS'] = '';
        const plain = await here.run(...args, ...store, '--lang', lang);
        here.env['COLUMNS'] = String(columns);
        const { code, stdout } = await here.run(...args, ...store, '--lang', lang);

        expect(code).toBe(0);
        expect(stdout.replaceAll(/\s/g, '')).toBe(plain.stdout.replaceAll(/\s/g, ''));
        for (const line of stdout.split('\n')) {
          // A hash may be wider than the terminal; it stands on a line of its own.
          if (/\s\S/.test(line.trim())) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
        }
      }
    }
  });
});
