/** What stands around every page of the console. */
export const en = {
  title: 'Payment orders',
  navigation: 'Pages',
  nav: { queue: 'Queue', inbox: 'Inbox', recovery: 'Recovery' },
  readOnly: 'read-only',
  acting: (who: string) => `acting as ${who}`,
  /** Kinds of actors, before their ids. An operator is called by the id alone. */
  actorKinds: { service: 'service', customer: 'customer', timer: 'timer' },
  /** The gateway that called it. */
  platform: (gateway: string) => `platform (${gateway})`,
  skip: 'Skip to the content',
  noScript: 'Scripts are off in this browser, so this page is not kept up to date and cannot act.',
  changed: 'Something was recorded while you read or write. Load the page again to see it.',
  lost: 'The console does not answer. What you see may be old.',
  unanswered:
    'No answer came, so it may have been recorded. Send the same form again: it is recorded once.',
  failed: 'That did not work',
  back: 'Back to the queue',
  notFound: 'There is no such page',
  notFoundText: 'The address may be old: receipts and jobs are kept until the console ends.',
  unexpected: 'Something went wrong in the console itself. Its terminal says what.',
  /** On the terminal, for what an operator did. */
  recorded: (who: string, what: string, about: string, answer: string) =>
    `${who}: ${what} ${about}: ${answer}`,
  serving: 'The console is open until a signal. Anybody who has this address sees what it shows:',
  servingActs: (who: string) =>
    `The console acts as ${who} until a signal. Anybody who has this address can act as that person:`,
};

export type FrameWords = typeof en;
