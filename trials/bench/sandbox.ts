import { systemRuntime } from '../../src/runtime.ts';
import { sandboxKeys, startSandbox } from '../../src/sandbox/index.ts';

const { publicKey } = sandboxKeys(process.argv[2] ?? '.');
const { url } = await startSandbox({ runtime: systemRuntime(), callerPublicKey: publicKey });
process.stdout.write(`${url}\n`);
