import { escapeForTerminal } from '../../text.ts';
import type { RunningWitness, WitnessOptions } from '../../tlog/witness/server.ts';
import { command, group } from '../command.ts';
import { portFrom, UsageError } from '../input/arguments.ts';
import { noteText } from '../input/file-content.ts';
import { required, text } from '../input/options.ts';
import { pathAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { reportInPassing } from '../output/failure.ts';
import { stopping } from '../session.ts';

export const commands = [
  group('witness', 'cosign the logs of others, so that nobody can take back what was recorded', [
    command('serve', {
      about: 'a C2SP tlog-witness over HTTP, until a signal',
      help: `
It cosigns a checkpoint only if that extends the one it cosigned before, and refuses a log that became
shorter or was forked. It remembers this in its state file: never copy an older one back, and use its
key with no other state file. Put a proxy with TLS before it where others than this machine ask.`,
      options: {
        key: required('--key <FILE>', 'its private key, as tlog keygen --witness writes it'),
        trust: required('--trust <FILE>', 'whose logs it cosigns: a line "log VKEY" for each'),
        state: required(
          '--state <FILE>',
          'where it remembers what it cosigned; made where missing',
        ),
        port: required('--port <PORT>', 'the port to listen on; 0 takes any free one', {
          fallback: '8786',
        }),
        host: text('--host <ADDRESS>', 'the address to listen on (default 127.0.0.1)'),
      },
      run: (context, flags) => serve(context, flags),
    }),
  ]),
];

type Served = Readonly<Record<'key' | 'trust' | 'state' | 'port', string>> & {
  readonly host: string | undefined;
};

async function serve(context: Context, files: Served): Promise<number> {
  const { io, screen, words } = context;
  const { readSigningKeyFile } = await import('../../tlog/c2sp/keys.ts');
  const { text: key, key: signing } = readSigningKeyFile(
    pathAt(io.cwd, files.key),
    'witness',
    '--key',
  );
  const witness = await start({
    key,
    trust: noteText(io.cwd, files.trust, '--trust'),
    state: pathAt(io.cwd, files.state),
    host: files.host,
    port: portFrom(files.port),
    onCosigned: ({ origin, size }) => {
      screen.talk(words.tlog.cosignedFor(escapeForTerminal(origin), size));
    },
    onRefused: ({ origin, size, recorded, reason }) => {
      screen.talk(words.tlog.refused[reason](escapeForTerminal(origin), size, recorded.size));
    },
    onError: (error) => {
      reportInPassing(error, context);
    },
  });
  const { stopped } = stopping(context);
  const { url, vkey, isNew } = witness;
  const trustLine = `witness ${signing.name} ${vkey} ${url}`;
  await screen.answer({ url, vkey, trustLine, isNew }, () => [
    words.tlog.vkey(vkey),
    words.tlog.trustLine(trustLine),
  ]);
  if (!screen.json) screen.talk(words.tlog.serving(url));
  const { exitCode } = await stopped;
  await witness.close();
  return exitCode;
}

async function start(options: WitnessOptions): Promise<RunningWitness> {
  const { openWitness } = await import('../../tlog/witness/server.ts');
  try {
    return await openWitness(options);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new UsageError(`port ${options.port ?? 0} is taken; give another with --port`);
    }
    if (code !== 'EADDRNOTAVAIL' && code !== 'ENOTFOUND' && code !== 'EACCES') throw error;
    throw new UsageError(`--host and --port cannot be listened on (${code})`);
  }
}
