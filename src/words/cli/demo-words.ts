export type StoryName =
  | 'cancelled'
  | 'refused-because-paid'
  | 'answer-lost'
  | 'paid-while-cancelling'
  | 'paid-after-cancel';

/** What `demo` tells. */
export type DemoWords = {
  readonly stories: Readonly<Record<StoryName, string>>;
  readonly story: (number: number, title: string) => string;
  readonly endedWell: (state: string) => string;
  readonly endedBadly: (state: string, expected: string) => string;
  readonly kept: (store: string) => string;
  readonly tryNext: string;
  readonly allWell: string;
  readonly notAllWell: string;
};
