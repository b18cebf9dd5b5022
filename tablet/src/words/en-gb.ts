// Every word that people read, in British English, gathered from one file an area. ICU MessageFormat;
// {curly} is filled in.
//
// Another language is another folder of the same keys: `Messages` makes the compiler ask for each.
// Say what a person did or can do, never what the system did; "k of n", never a score of a person.

import { aboutMeWords } from './en-gb/about-me';
import { additionsWords } from './en-gb/additions';
import { coverageWords } from './en-gb/coverage';
import { doorsWords } from './en-gb/doors';
import { everyScreenWords } from './en-gb/every-screen';
import { feedbackWords } from './en-gb/feedback';
import { figuresWords } from './en-gb/figures';
import { matrixWords } from './en-gb/matrix';
import { moreWords } from './en-gb/more';
import { officeWords } from './en-gb/office';
import { packWords } from './en-gb/pack';
import { peopleWords } from './en-gb/people';
import { practiceWords } from './en-gb/practice';
import { practiceWritingWords } from './en-gb/practice-writing';
import { questionsWords } from './en-gb/questions';
import { sheetWords } from './en-gb/sheet';
import { statesWords } from './en-gb/states';
import { stepsWords } from './en-gb/steps';
import { teamWords } from './en-gb/team';
import { togetherWords } from './en-gb/together';
import { trendsWords } from './en-gb/trends';
import { visitsWords } from './en-gb/visits';
import { walkWords } from './en-gb/walk';
import { whoWords } from './en-gb/who';

export const areas = [
  statesWords,
  whoWords,
  everyScreenWords,
  peopleWords,
  visitsWords,
  doorsWords,
  sheetWords,
  teamWords,
  togetherWords,
  walkWords,
  feedbackWords,
  questionsWords,
  moreWords,
  coverageWords,
  figuresWords,
  matrixWords,
  trendsWords,
  aboutMeWords,
  additionsWords,
  officeWords,
  packWords,
  practiceWords,
  practiceWritingWords,
  stepsWords,
] as const;

export const enGB = {
  ...statesWords,
  ...whoWords,
  ...everyScreenWords,
  ...peopleWords,
  ...visitsWords,
  ...doorsWords,
  ...sheetWords,
  ...teamWords,
  ...togetherWords,
  ...walkWords,
  ...feedbackWords,
  ...questionsWords,
  ...moreWords,
  ...coverageWords,
  ...figuresWords,
  ...matrixWords,
  ...trendsWords,
  ...aboutMeWords,
  ...additionsWords,
  ...officeWords,
  ...packWords,
  ...practiceWords,
  ...practiceWritingWords,
  ...stepsWords,
} as const;

export type MessageKey = keyof typeof enGB;
export type Messages = Readonly<Record<MessageKey, string>>;
