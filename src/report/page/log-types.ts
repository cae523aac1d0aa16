/** The types of `log.js`, which the verifier of logs holds in as few lines as it can. */

export type Bytes = Uint8Array<ArrayBuffer>;

/** A C2SP tlog-proof: where a leaf stands in the tree of a checkpoint, and who signed that. */
export type LogProof = {
  readonly index: number;
  /** From the leaf's sibling to the root's child. */
  readonly path: readonly Bytes[];
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
  /** What is signed: the checkpoint without its signatures. */
  readonly body: string;
  /** The bytes begin with the four of the key's id. */
  readonly signatures: readonly { readonly name: string; readonly bytes: Bytes }[];
};

export type LogKey = {
  /** The whole key as text. Nothing shorter tells keys apart: two can have the same id. */
  readonly vkey: string;
  readonly name: string;
  readonly id: string;
  /** The type, 1 for a log and 4 for a witness, and 32 bytes. */
  readonly bytes: Bytes;
  /** What the trust file calls a witness; null for a log. */
  readonly witness: string | null;
};

/** Whether these witnesses, by their names in the trust file, are as many as it asks for. */
export type Rule = (signed: ReadonlySet<string>) => boolean;

/** A C2SP tlog-policy. */
export type Trust = { readonly keys: readonly LogKey[]; readonly isMet: Rule };

export type Signer = {
  /** The key's own name. */
  readonly name: string;
  readonly vkey: string;
  /** ISO 8601 in UTC, as the witness stated it. */
  readonly at: string;
};

export type Standing = {
  /** Keys of the log that signed. */
  readonly logs: readonly string[];
  readonly witnesses: readonly Signer[];
  /** Keys whose signature is wrong. */
  readonly wrong: readonly string[];
  /** As many witnesses as are asked for signed. */
  readonly isMet: boolean;
  /** A log signed too, and no signature is wrong. */
  readonly isEnough: boolean;
};

export type StandingOf = (proof: LogProof, trust: Trust) => Promise<Standing | null>;

/** The times that the key's signatures state (0 by a log), NaN for each that is wrong. */
export type TimesOf = (proof: LogProof, key: LogKey) => Promise<readonly number[]>;

/** @throws where the path is not as long as the tree is high. */
export type RootOver = (
  leaf: Bytes,
  index: number,
  size: number,
  path: readonly Bytes[],
) => Promise<Bytes>;

/** @throws for what is not a key of this kind. */
export type KeyIn = (vkey: string, witness: string | null) => Promise<LogKey>;
