/** The languages of the timeline, the report, the evidence package and the command line. */
export type Language = 'en' | 'zh-CN';

/** A text in every language. */
export type Localized = Readonly<Record<Language, string>>;
