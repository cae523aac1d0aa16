import { realHost } from '../../src/real-host.ts';
import { sandboxKeys, startSandbox } from '../../src/sandbox/index.ts';

const { publicKey } = sandboxKeys(process.argv[2] ?? '.');
const { url } = await startSandbox({ host: realHost(), callerPublicKey: publicKey });
process.stdout.write(`${url}\n`);
