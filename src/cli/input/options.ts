import type { Command } from 'commander';
import { Option } from 'commander';
import { UsageError } from './arguments.ts';

/** What each kind of option gives to its command. */
type Values = {
  /** True where it was given. */
  readonly flag: boolean;
  readonly text: string | undefined;
  readonly required: string;
  /** Texts joined by commas. */
  readonly list: readonly string[];
};

type CliOption<Kind extends keyof Values = keyof Values> = {
  readonly kind: Kind;
  readonly usage: string;
  readonly about: string;
  readonly fallback?: string;
  readonly choices?: readonly string[];
  /** For a text that people write; any other value must not be empty. */
  readonly mayBeEmpty?: boolean;
};

export type CliOptions = Readonly<Record<string, CliOption>>;

type More = Pick<CliOption, 'fallback' | 'choices' | 'mayBeEmpty'>;

const optionOf =
  <Kind extends keyof Values>(kind: Kind) =>
  (usage: string, about: string, more: More = {}): CliOption<Kind> => ({
    kind,
    usage,
    about,
    ...more,
  });

export const flag = optionOf('flag');
export const text = optionOf('text');
/** Must be given, unless it has a fallback. */
export const required = optionOf('required');
export const list = optionOf('list');

/** The values of declared options, by the names they were declared under. */
export type Flags<Options extends CliOptions> = {
  readonly [Name in keyof Options]: Values[Options[Name]['kind']];
};

/** Declares options to commander; their values can be read once the arguments are parsed. */
export function addOptions<Options extends CliOptions>(
  program: Command,
  options: Options | undefined,
): () => Flags<Options> {
  const read: [name: string, value: () => unknown][] = [];
  for (const [name, declared] of Object.entries(options ?? {})) {
    const option = commanderOption(declared);
    program.addOption(option);
    const attribute = option.attributeName();
    read.push([name, () => valueOf(declared, option, program.getOptionValue(attribute))]);
  }
  // One entry for each declared option, with a value of its kind.
  return () => Object.fromEntries(read.map(([name, value]) => [name, value()])) as Flags<Options>;
}

function commanderOption({ kind, usage, about, fallback, choices = [] }: CliOption): Option {
  const option = new Option(usage, about);
  if (choices.length > 0) option.choices(choices);
  if (fallback !== undefined) return option.default(fallback);
  return kind === 'required' ? option.makeOptionMandatory() : option;
}

function valueOf({ kind, mayBeEmpty }: CliOption, option: Option, value: unknown): unknown {
  if (kind === 'flag') return value === !option.negate;
  if (value === '' && mayBeEmpty !== true) {
    throw new UsageError(`${option.long ?? ''} must not be empty`);
  }
  if (kind !== 'list') return value;
  return typeof value === 'string' ? value.split(',') : [];
}
