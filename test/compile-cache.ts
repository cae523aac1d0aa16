import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Node keeps what it compiled: the many processes of tests and trials load the same files. */
export const compileCache = join(tmpdir(), 'payment-order-compiled');
