import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kit } from './forcing.ts';
import type { Watch } from './watch.ts';

/** Each way to die, and whether it is one. */
const ways: Readonly<Record<string, 'dies' | 'warns'>> = {
  'bad key': 'dies',
  'bad key, not awaited': 'dies',
  'bad store': 'dies',
  'bad app id': 'dies',
  'store in the way': 'dies',
  warning: 'warns',
  'listener throws': 'warns',
};

/** What Node prints when a process dies of one of our errors, or warns about one. */
export async function tryCrashes(
  { secrets, directory }: Kit,
  watch: Watch,
): Promise<readonly string[]> {
  const file = join(directory, 'cut.pem');
  writeFileSync(file, secrets.pem.slice(0, 1_200), { mode: 0o600 });
  const url = `esdb://admin:${secrets.password}@127.0.0.1:1?nonsense=${secrets.password}`;
  const faults: string[] = [];
  for (const [way, wanted] of Object.entries(ways)) {
    const { code, output } = await crash([way, file, url]);
    watch.look(`the output of a process: ${way}`, output);
    const isAsWanted = wanted === 'dies' ? code !== 0 : code === 0 && output.includes('(node:');
    if (!isAsWanted) faults.push(`${way}: exit code ${String(code)}: ${output.slice(0, 200)}`);
  }
  return faults;
}

function crash(args: readonly string[]): Promise<{ readonly code: unknown; output: string }> {
  const script = join(import.meta.dirname, 'crash.ts');
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--trace-warnings', script, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const hear = (text: string) => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.on('close', (code) => {
      resolve({ code, output });
    });
  });
}
