// The sentence of a question, from its facts. Pure, so that each row of the table is a test.

import type { Question, QuestionValue } from '../../app/contract';
import { list, say } from '../../words/say';

function tabletA(value: QuestionValue | undefined): string {
  return value?.tablet || say('question.thisTablet');
}

// "here", or "on the office tablet".
function whereB(value: QuestionValue | undefined): string {
  return value?.tablet ? say('question.on', { tablet: value.tablet }) : say('question.here');
}

function levelOf(value: QuestionValue | undefined): string {
  if (!value || value.level === null) return '';
  return value.level === 0 ? say('sheet.notSeen') : String(value.level);
}

// `dateWords` says a date as this school does.
export function questionSentence(question: Question, dateWords: (ms: number) => string): string {
  const { values, element } = question;
  // The tablet in the reader's hands comes last, whenever it wrote: "on the office tablet and here".
  const ordered = [...values].sort((a, b) => Number(a.tablet === '') - Number(b.tablet === ''));
  const [a, b] = ordered;
  const other = values.find((value) => !value.mine);
  const mine = values.find((value) => value.mine);
  const name = say(`question.name.${question.name ?? 'note'}`);
  const dated = (value: QuestionValue | undefined) =>
    value?.dateMs == null ? say('common.noDate') : dateWords(value.dateMs);
  switch (question.field) {
    case 'level':
      return say('question.level', {
        element,
        a: levelOf(a),
        tabletA: tabletA(a),
        b: levelOf(b),
        tabletB: whereB(b),
      });
    case 'levelNotSeen': {
      const notSeen = values.find((value) => value.level === 0);
      const rated = values.find((value) => value !== notSeen);
      return say('question.levelNotSeen', {
        element,
        tabletA: tabletA(notSeen),
        b: levelOf(rated),
        tabletB: whereB(rated),
      });
    }
    case 'levelMany':
      return say('question.levelMany', {
        element,
        list: list(values.map(levelOf)),
        n: values.length,
      });
    case 'shortText':
      return say('question.shortText', {
        name,
        tabletA: tabletA(a),
        tabletB: b?.tablet || whereB(b),
      });
    case 'paragraph':
      return say('question.paragraph', { tabletA: tabletA(a), tabletB: b?.tablet || whereB(b) });
    case 'noteOfTwo':
      return say('question.noteOfTwo', { other: other?.author ?? '' });
    case 'removedOrEdited': {
      const removed = values.find((value) => value.removed);
      const edited = values.find((value) => !value.removed);
      return say('question.removedOrEdited', {
        tabletA: tabletA(removed),
        tabletB: whereB(edited),
      });
    }
    case 'agreedLevel':
      return say('question.agreedLevel', {
        a: levelOf(mine),
        other: other?.author ?? '',
        b: levelOf(other),
      });
    case 'date':
      return other
        ? say('question.date', { other: other.author, dateA: dated(other), dateB: dated(mine) })
        : say('question.dateOwn', {
            dateA: dated(a),
            tabletA: tabletA(a),
            dateB: dated(b),
            tabletB: whereB(b),
          });
    case 'archivedOrEdited':
      return say('question.archivedOrEdited', { other: other?.author ?? '' });
    default:
      return question.field satisfies never;
  }
}
