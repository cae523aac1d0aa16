import { counted } from '../phrases.ts';

/** What the commands say about the log over all orders, its checkpoints and who signed them. */
export const en = {
  keyWritten: (kind: 'log' | 'witness', file: string) =>
    `written: ${file}, the private key of a ${kind}; keep it secret`,
  vkey: (vkey: string) => `public key: ${vkey}`,
  trustLine: (line: string) => `line for a trust file: ${line}`,

  checkpoint: (origin: string, size: number) =>
    `${origin}: checkpoint over ${counted(size, 'event')}`,
  root: (root: string) => `root ${root}`,
  signedBefore: 'nothing was recorded since the last checkpoint, so that one stands',
  written: (file: string) => `written: ${file}`,
  cosigned: (name: string, at: string, vkey: string) => `cosigned by ${name}, ${at}: ${vkey}`,
  notCosigned: (url: string, problem: string) => `NOT cosigned by ${url}: ${problem}`,
  notAllCosigned: (missing: number) =>
    `the checkpoint is signed and stored, but ${counted(missing, 'cosignature')} of a witness ` +
    `${missing === 1 ? 'is' : 'are'} missing; the next checkpoint asks again. A witness that saw another ` +
    'log, or a longer one, refuses again: find out why before you sign the next one',
  onlyInStore:
    'this checkpoint stands only in the store, so it proves nothing against those who can write ' +
    'there: keep it elsewhere with --out FILE, or have it cosigned with --witness URL',

  serving: (url: string) => `The witness answers at ${url}. Stop it with Ctrl-C.`,
  cosignedFor: (origin: string, size: number) => `cosigned: ${origin}, ${counted(size, 'event')}`,
  /** Why a checkpoint that its log signed was not cosigned. */
  refused: {
    'other-size': (origin: string, size: number, recorded: number) =>
      `asked: ${origin}, ${counted(size, 'event')}; told that ${recorded} are cosigned already`,
    'other-root': (origin: string, size: number, recorded: number) =>
      `REFUSED: ${origin}, ${counted(size, 'event')}: another log of ${recorded} is cosigned, so its ` +
      'owner shows two histories',
    shorter: (origin: string, size: number, recorded: number) =>
      `REFUSED: ${origin}, ${counted(size, 'event')}: ${recorded} are cosigned already, so the log ` +
      'lost events, or this is an old checkpoint',
    unproved: (origin: string, size: number, recorded: number) =>
      `REFUSED: ${origin}, ${counted(size, 'event')}: nothing proves that it extends the ${recorded} ` +
      'that are cosigned',
  },

  verified: (events: number, who: string) =>
    `log: ok, these ${counted(events, 'event')} are unaltered since the checkpoint that ${who} signed`,
  consistent: (events: number, origin: string) =>
    `log: ok, its first ${counted(events, 'event')} agree with the checkpoint of ${origin}`,
  hashesAlone: (events: number) =>
    `log: its first ${counted(events, 'event')} have the hashes that the checkpoint covers, but other ` +
    'faults were found: nobody vouches for what they name',
  /** Where the signatures of the checkpoint are not those that the trust file demands. */
  onlyUnvouched: (events: number) =>
    `the first ${counted(events, 'event')} have the hashes that the checkpoint covers: what it lacks is ` +
    'signatures',
  notVerified: (faults: number) => `log: NOT ok, ${counted(faults, 'fault')}`,
  nobodyVouches:
    'consistent in itself, nobody vouches: name the keys you trust with --trust FILE. A checkpoint ' +
    'that stood only in this store proves nothing against those who can write there',
  and: ' and ',
  signedByOwner: (vkey: string, isAlone: boolean) =>
    `signed by ${isAlone ? 'nobody but ' : ''}the owner of the log, which is a claim: ${vkey}`,
  unwitnessed: (events: number) =>
    `${counted(events, 'event')} recorded after the checkpoint: unwitnessed`,

  proofIncluded: 'a proof from the log over all orders is included',
  tooFewSigned:
    'the checkpoint is not signed as your trust file demands, and the report says so; give one that is ' +
    'with --checkpoint FILE',
  noProof:
    'no proof from the log over all orders is included, for the newest checkpoint covers none of ' +
    'these events; sign one with tlog checkpoint, and export again',
  bundleVouched: (until: number, who: string) =>
    `the events up to revision ${until} are unaltered since the checkpoint that ${who} signed`,
  bundleClaimed: (names: string) =>
    `a proof from the log bears these names, which count with --trust FILE alone: ${names}`,
  bundleUnwitnessed: (from: number, to: number) =>
    from === to
      ? `revision ${from} is unwitnessed: it is not covered by the checkpoint`
      : `revisions ${from} to ${to} are unwitnessed: they are not covered by the checkpoint`,
};

export type TlogWords = typeof en;
