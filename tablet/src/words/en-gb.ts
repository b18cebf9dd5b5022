// Every word that people read, in British English, gathered from one file an area. ICU MessageFormat;
// {curly} is filled in.
//
// Another language is another folder of the same keys: `Messages` makes the compiler ask for each.
// Say what a person did or can do, never what the system did; "k of n", never a score of a person.

import { everyScreenWords } from './en-gb/every-screen';
import { feedbackWords } from './en-gb/feedback';
import { moreWords } from './en-gb/more';
import { peopleWords } from './en-gb/people';
import { placesWords } from './en-gb/places';
import { questionsWords } from './en-gb/questions';
import { sheetWords } from './en-gb/sheet';
import { statesWords } from './en-gb/states';
import { visitsWords } from './en-gb/visits';
import { walkWords } from './en-gb/walk';
import { whoWords } from './en-gb/who';

export const areas = [
  statesWords,
  whoWords,
  everyScreenWords,
  peopleWords,
  visitsWords,
  sheetWords,
  walkWords,
  feedbackWords,
  placesWords,
  questionsWords,
  moreWords,
] as const;

export const enGB = {
  ...statesWords,
  ...whoWords,
  ...everyScreenWords,
  ...peopleWords,
  ...visitsWords,
  ...sheetWords,
  ...walkWords,
  ...feedbackWords,
  ...placesWords,
  ...questionsWords,
  ...moreWords,
} as const;

export type MessageKey = keyof typeof enGB;
export type Messages = Readonly<Record<MessageKey, string>>;
