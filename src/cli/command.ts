import type { Command } from 'commander';
import type { CliOptions, Flags } from './input/options.ts';
import { addOptions } from './input/options.ts';
import type { Context, Purpose } from './io.ts';
import { parseOrderNo } from '../order/input.ts';

/** `show <ORDER>` takes one text, `verify [ORDER]` one that may be missing. */
type Arguments<Usage extends string> = Usage extends `${string} ${infer Rest}` ? Listed<Rest> : [];
type Listed<Rest extends string> = Rest extends `${infer First} ${infer More}`
  ? [Argument<First>, ...Listed<More>]
  : [Argument<Rest>];
type Argument<Name extends string> = Name extends `[${string}]` ? string | undefined : string;

type Declaration<Usage extends string, Options extends CliOptions> = {
  readonly about: string;
  readonly options?: Options;
  /** Shown after the options by `--help`. */
  readonly help?: string;
  /** Default `read`. It decides how the store is opened, whether a gateway is, and what a signal does. */
  readonly purpose?: Purpose;
  /** Resolves to the exit code. */
  readonly run: (
    context: Context,
    flags: Flags<Options>,
    ...args: Arguments<Usage>
  ) => Promise<number>;
};

/** A command of the command line, whatever its options and arguments are. */
export type CliCommand = {
  readonly name: string;
  /** Of a group, the least: each of its commands has its own. */
  readonly purpose: Purpose;
  readonly options: CliOptions;
  /** Adds it to a program; `chosen` gets what was typed, ready to run. */
  readonly addTo: (program: Command, chosen: (run: Run, purpose: Purpose) => void) => void;
};

export type Run = (context: Context) => Promise<number>;

/** Declares a command: how it is typed, and what it does with what was typed. */
export function command<const Usage extends string, const Options extends CliOptions>(
  usage: Usage,
  declared: Declaration<Usage, Options>,
): CliCommand {
  const { about, options, help, purpose = 'read', run } = declared;
  return {
    name: usage.split(' ')[0] ?? '',
    purpose,
    options: options ?? {},
    addTo: (program, chosen) => {
      const added = program.command(usage).description(about);
      const flags = addOptions(added, options);
      if (help !== undefined) added.addHelpText('after', help);
      added.action(() => {
        // Commander checks what was typed against `usage`, which these types are made from.
        const args = added.processedArgs as Arguments<Usage>;
        chosen((context) => {
          checkOrder(added, args);
          return run(context, flags(), ...args);
        }, purpose);
      });
    },
  };
}

/** Before anything is opened. */
function checkOrder({ registeredArguments }: Command, args: readonly unknown[]): void {
  const at = registeredArguments.findIndex((argument) => argument.name() === 'ORDER');
  if (at !== -1 && args[at] !== undefined) parseOrderNo(args[at]);
}

/** Commands under one name, such as `inbox list` and `inbox show`. */
export function group(name: string, about: string, commands: readonly CliCommand[]): CliCommand {
  return {
    name,
    purpose: 'read',
    options: {},
    addTo: (program, chosen) => {
      const added = program.command(name).description(about);
      for (const { addTo } of commands) addTo(added, chosen);
    },
  };
}
