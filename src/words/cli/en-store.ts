import type { StoreWords } from './store-words.ts';

const changedHistory =
  'the history was changed or cut: keep the store as it is, name each fault with "verify ORDER", ' +
  'and compare with a copy';
const newerVersion = 'read it with the version that wrote it, or a newer one';

export const englishStore: StoreWords = {
  advice: {
    'no-directory': 'there is no such directory: create it, or name another file with --store',
    'not-a-file': 'that is no file: name one with --store',
    'no-file': 'check --store and the directory you are in; "create" makes the file',
    'not-writable':
      'we may not write there: change the owner or the mode, or name another file with --store',
    'store-unavailable': '"doctor" looks at the store and says what is wrong',
    'store-denied':
      'ask whoever runs the store for the right, or give other credentials in its URL',
    'store-read-only': 'name a file that may be written with --store',
    'append-outcome-unknown':
      'it may be recorded: look with "show", or repeat it with the same --command-id',
    'store-not-ours': 'this file belongs to something else: name another file with --store',
    'store-newer': newerVersion,
    'store-closed': 'run the command again',
    'store-corrupt':
      'restore a copy and work on that; keep the damaged file, and its -wal, as they are',
    'unknown-event-type': newerVersion,
    'unknown-schema-version': newerVersion,
    'invalid-event': changedHistory,
    'not-contiguous': changedHistory,
    'illegal-history': changedHistory,
  },
  noFile: (url, path) => `there is no store: ${url} was read as ${path}, and no such file is there`,
  emptyFile: (url, path) => `there is no store: ${url} was read as ${path}, and that is empty`,
  nothingWaited: 'so nothing waited',
  fileMade: 'one was made',
  forgotten: 'memory: is forgotten when this command ends; name a file with --store sqlite:FILE',
  faults: (count) => `store: NOT ok, ${count} ${count === 1 ? 'fault' : 'faults'}`,
  times: (count) => (count === 1 ? '' : ` (${count} times)`),
};
