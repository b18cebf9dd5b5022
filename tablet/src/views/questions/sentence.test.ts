// Each row of the table of questions, word for word.

import { describe, expect, it } from 'vitest';
import type { Question, QuestionField, QuestionValue } from '../../app/contract';
import { date } from '../../words/when';
import { questionSentence } from './sentence';

const now = Date.UTC(2026, 10, 24, 12);
const dateWords = (ms: number) => date(ms, 'Europe/London', now);

const value = (change: Partial<QuestionValue>): QuestionValue => ({
  key: JSON.stringify(change),
  level: null,
  text: '',
  dateMs: null,
  removed: false,
  author: 'Mr Osei',
  mine: true,
  tablet: '',
  at: { kind: 'at', ms: now },
  notes: [],
  ...change,
});
const office = { tablet: 'the office tablet' };

function asked(
  field: QuestionField,
  values: readonly QuestionValue[],
  change: Partial<Question> = {},
): string {
  const question: Question = {
    id: 'q',
    visitId: 'v',
    teacher: 'Ms Kaur',
    classCode: '9M2',
    lessonMs: now,
    field,
    element: 'Questioning',
    name: null,
    values,
    merged: null,
    levels: [],
    blocksSharing: false,
    ...change,
  };
  return questionSentence(question, dateWords);
}

describe('A question for you', () => {
  it.each<readonly [string, string, string]>([
    [
      'two levels',
      asked('level', [value({ level: 2 }), value({ level: 3, ...office })]),
      'You rated Questioning 3 on the office tablet and 2 here. Which do you keep?',
    ],
    [
      'two levels, both from other tablets',
      asked('level', [value({ level: 2, ...office }), value({ level: 3, tablet: 'tablet 7' })]),
      'You rated Questioning 2 on the office tablet and 3 on tablet 7. Which do you keep?',
    ],
    [
      'a level and not seen',
      asked('levelNotSeen', [value({ level: 3 }), value({ level: 0, ...office })]),
      'You marked Questioning Not seen on the office tablet and 3 here. Which do you keep?',
    ],
    [
      'three levels',
      asked(
        'levelMany',
        [2, 3, 1].map((level) => value({ level })),
      ),
      'You rated Questioning 2, 3 and 1 on three tablets. Which do you keep?',
    ],
    [
      'a short text',
      asked('shortText', [value({ text: 'a' }), value({ text: 'b', ...office })], {
        name: 'priority',
      }),
      'Your priority reads differently on the office tablet and here. Which do you keep?',
    ],
    [
      'a paragraph of one author',
      asked('paragraph', [value({ text: 'a' }), value({ text: 'b', ...office })]),
      'You changed this paragraph on the office tablet and here. Which do you keep?',
    ],
    [
      'a note that two people edited',
      asked('noteOfTwo', [
        value({ text: 'a' }),
        value({ text: 'b', author: 'Mrs Brandt', mine: false }),
      ]),
      'You and Mrs Brandt both changed this note. Here is one text with both changes. Is it right?',
    ],
    [
      'removed there and edited here',
      asked('removedOrEdited', [value({ removed: true, ...office }), value({ text: 'b' })]),
      'You removed this note on the office tablet, and changed it here. Keep the changed note?',
    ],
    [
      'an agreed level of several authors',
      asked('agreedLevel', [
        value({ level: 3 }),
        value({ level: 2, author: 'Mrs Brandt', mine: false }),
      ]),
      'You say 3, Mrs Brandt says 2. What do you agree?',
    ],
    [
      'a date of two people',
      asked('date', [
        value({ dateMs: Date.UTC(2026, 11, 11, 12) }),
        value({ dateMs: Date.UTC(2026, 11, 4, 12), author: 'Mrs Brandt', mine: false }),
      ]),
      'Mrs Brandt set Fri 4 Dec for this step, you set Fri 11 Dec. Which should stand?',
    ],
    [
      'put away and written in',
      asked('archivedOrEdited', [value({}), value({ author: 'Mrs Brandt', mine: false })]),
      'Mrs Brandt put this visit away; you wrote in it afterwards. Bring it back?',
    ],
  ])('%s', (_name, words, expected) => {
    expect(words).toBe(expected);
  });
});
