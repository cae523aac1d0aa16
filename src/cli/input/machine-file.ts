import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { escapeForTerminal } from '../../text.ts';
import { UsageError } from './arguments.ts';

/** A machine cannot pass from one thread to another, so each loads it from its file. */
export type MachineFile = { readonly file: string; readonly machine: object };

/**
 * The machine that a module exports by default, or by the name that this package uses.
 *
 * @throws {UsageError}
 */
export async function machineIn(file: string): Promise<MachineFile> {
  let exported: Readonly<Record<string, unknown>>;
  try {
    // A module is an object of its exports, which are checked below.
    exported = (await import(pathToFileURL(resolve(file)).href)) as typeof exported;
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it threw something other than an error';
    throw new UsageError(`--machine: the file cannot be loaded: ${escapeForTerminal(why)}`);
  }
  const machine = exported['default'] ?? exported['paymentOrderMachine'];
  if (typeof machine === 'object' && machine !== null) return { file, machine };
  throw new UsageError(
    '--machine: the file must export a machine by default or by the name paymentOrderMachine',
  );
}
