/** What `doctor` says of each thing it looks at. */
export type DoctorWords = {
  readonly names: Readonly<Record<CheckName, string>>;
  readonly ok: string;
  readonly notOk: string;
  readonly allOk: string;
  readonly versionIs: (version: string) => string;
  readonly updateNode: (version: string) => string;
  readonly storeIsReadable: (path: string) => string;
  readonly storeIsAbsent: (path: string) => string;
  readonly storeIsDamaged: (faults: string) => string;
  readonly storeInMemory: string;
  readonly storeIsReached: string;
  readonly fileIsPrivate: (mode: string) => string;
  readonly fileIsOpen: (mode: string) => string;
  readonly directoryIsNotWritable: string;
  readonly gatewayAbsent: string;
  readonly gatewayComplete: string;
  readonly gatewayByHalf: (missing: string) => string;
  readonly appIdIsWrong: string;
  readonly urlAccepted: string;
  readonly keyIsFit: (bits: number) => string;
  readonly keyIsWeak: (bits: number) => string;
  readonly reached: (host: string) => string;
  readonly notReached: (host: string, why: string) => string;
  readonly clockShows: (time: string) => string;
  readonly clockIsWrong: (time: string) => string;
};

export type CheckName =
  | 'node'
  | 'sqlite'
  | 'store'
  | 'file-permissions'
  | 'gateway-settings'
  | 'gateway-url'
  | 'private-key'
  | 'gateway-reachable'
  | 'clock';
