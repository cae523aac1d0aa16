/** Mistakes that protocols of this kind are known for; each can be planted into the model. */
export const bugs = {
  'call-before-append': 'the request leaves before its attempt is in the stream',
  'new-id-on-retry': 'an append is tried again under a new event id',
  'append-at-newest': 'an append expects the newest revision instead of the one that was read',
  'timeout-as-refusal': 'a call without an answer is recorded as refused',
  'refusal-ends-doubt': 'a refusal settles the cancel while another attempt may have run',
  'retry-after-closed': 'the timer of a retry is not cancelled when the order closes',
  'send-without-fence': 'an attempt is sent however long ago it was recorded',
  'anybody-runs-it':
    'any process that reads an attempt in flight runs it, not only the one that appended it',
  'retraction-forgets-doubt':
    'a payment that is taken back leads to where the order was, though an attempt may have run',
  'pending-too-early': 'pending is believed while an attempt may still take effect',
  'status-for-later-attempts': 'a status is applied to an attempt made after it was asked',
  'unknown-as-pending': 'a question without an answer is taken for the status pending',
  'asks-without-end': 'questions that settle nothing are not counted',
  'refusal-believes-pending': 'a refusal is believed after a status that lagged behind a close',
  'resolve-later-attempts': "an operator's evidence is taken for attempts made after it was given",
} as const;

export type Bug = keyof typeof bugs;

export function isBug(name: string): name is Bug {
  return Object.hasOwn(bugs, name);
}
