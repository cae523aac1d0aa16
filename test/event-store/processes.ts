import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type Acknowledged = { readonly revision: number; readonly id: string };

export type Ended = {
  readonly exitCode: number | null;
  readonly acknowledged: readonly Acknowledged[];
  readonly stderr: string;
};

const script = fileURLToPath(new URL('child.ts', import.meta.url));
/** Only ends a child that hangs. */
const patienceMs = 240_000;

/**
 * Runs `child.ts`, and kills it with SIGKILL once it has acknowledged `killAfter` events. The pipe
 * still delivers all that it wrote before.
 */
export function runChild(
  path: string,
  stream: string,
  count: number,
  killAfter = Infinity,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, path, stream, String(count)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patienceMs,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.split('\n').length > killAfter) child.kill('SIGKILL');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({ exitCode, acknowledged: parsed(stdout), stderr });
    });
  });
}

function parsed(stdout: string): Acknowledged[] {
  // The part after the last newline is not a whole line.
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [revision = '', id = ''] = line.split(' ');
      return { revision: Number(revision), id };
    });
}
