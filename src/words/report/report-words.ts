/** What the report says beside its events, in one language. `{…}` are filled in. */
export type ReportWords = {
  readonly subtitle: string;
  readonly labels: Readonly<
    Record<
      | 'order'
      | 'state'
      | 'amount'
      | 'processBill'
      | 'anomalies'
      | 'events'
      | 'generated'
      | 'integrity'
      | 'witness'
      | 'attempt'
      | 'begunBy'
      | 'sent'
      | 'took'
      | 'requestId'
      | 'code'
      | 'message'
      | 'outcome'
      | 'rule'
      | 'http'
      | 'nonce'
      | 'requestSha256'
      | 'answerSha256'
      | 'insecure'
      | 'span'
      | 'revision'
      | 'time'
      | 'gap'
      | 'what'
      | 'who'
      | 'before'
      | 'after'
      | 'field'
      | 'recorded'
      | 'occurred',
      string
    >
  >;
  readonly none: string;
  readonly noAnomaly: string;
  readonly acknowledged: string;
  readonly open: string;
  readonly headings: Readonly<
    Record<'findings' | 'attempts' | 'timeline' | 'diagram' | 'detail' | 'about', string>
  >;
  readonly questions: Readonly<
    Record<'who' | 'order' | 'answer' | 'knew' | 'override' | 'complete', string>
  >;
  readonly nobody: string;
  readonly noCall: string;
  readonly allCalls: string;
  readonly noOverride: string;
  readonly noMoney: string;
  readonly integrity: Readonly<
    Record<
      | 'unchecked'
      | 'checking'
      | 'intact'
      | 'withheld'
      | 'altered'
      | 'impossible'
      | 'dataAltered'
      | 'metadataAltered'
      | 'linkAltered'
      | 'chainBroken'
      | 'notContiguous'
      | 'otherStream'
      | 'unreadable'
      | 'contentAltered',
      string
    >
  >;
  readonly witnessNote: string;
  readonly controls: Readonly<
    Record<
      | 'first'
      | 'previous'
      | 'next'
      | 'last'
      | 'byRevision'
      | 'byTime'
      | 'position'
      | 'keys'
      | 'search'
      | 'allTypes'
      | 'allActors'
      | 'onlyFailed'
      | 'onlyAttention'
      | 'clear'
      | 'hidden'
      | 'print'
      | 'light'
      | 'dark',
      string
    >
  >;
  readonly tabs: Readonly<Record<'event' | 'state' | 'changes' | 'call' | 'allowed', string>>;
  readonly late: string;
  readonly clockBack: string;
  readonly opened: string;
  readonly unknownEvent: string;
  readonly withheldData: string;
  readonly withheldMetadata: string;
  readonly notFolded: string;
  readonly noChange: string;
  readonly noAttempt: string;
  readonly nothingAllowed: string;
  readonly allowedNow: string;
  readonly inFlight: string;
  readonly inDoubt: string;
  readonly lasting: string;
  readonly legend: Readonly<Record<'walked' | 'last' | 'current' | 'doubt', string>>;
  readonly notInDiagram: string;
  readonly proves: readonly string[];
};
