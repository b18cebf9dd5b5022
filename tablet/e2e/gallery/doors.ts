// Open doors and the question whether two visits are one lesson, as the gallery shows them.

import type { OpenDoor, OpenDoors, SameLesson } from '../../src/app/contract';
import { at, brandt, day, kaur, moss, osei, who } from './lesson';

const door = (id: string, change: Partial<OpenDoor>): OpenDoor => ({
  id,
  teacher: kaur,
  mine: false,
  lessonMs: day(11, 25, 10),
  minutes: 50,
  classCode: '9M2',
  room: 'M4',
  period: 2,
  lookFor: '',
  places: 3,
  taken: 1,
  coming: false,
  visitors: [],
  visitId: null,
  isOver: false,
  ...change,
});

export const openDoors = (isOnline: boolean): OpenDoors => ({
  weekMs: [Date.UTC(2026, 10, 23), Date.UTC(2026, 10, 30)],
  lastDayMs: Date.UTC(2026, 11, 18),
  asOfMs: at('09:30'),
  trouble: isOnline ? null : 'offline',
  doors: [
    door('d1', {
      teacher: brandt,
      lessonMs: at('08:55'),
      classCode: '7Y4',
      isOver: true,
      coming: true,
      visitId: 'informal',
      lookFor: 'How the starter settles everybody.',
    }),
    door('d2', {
      lookFor: 'Mini whiteboards: whose answers do I hear, and what do I do with the wrong ones?',
    }),
    door('d3', { teacher: moss, classCode: '10S1', room: 'S2', taken: 3, period: null }),
    door('d4', { teacher: brandt, lessonMs: day(11, 26, 13), coming: true, visitId: 'informal' }),
    door('d5', {
      teacher: osei,
      mine: true,
      lessonMs: day(11, 27, 11),
      classCode: '11M1',
      taken: 2,
      visitors: [kaur, moss],
      lookFor: 'Pairs that check each other’s proof.',
    }),
    door('d6', { teacher: moss, lessonMs: day(12, 3, 9), classCode: '8S3' }),
  ],
});

export const oneLesson: SameLesson = {
  mine: 'draft',
  theirs: 'team-waiting',
  kind: 'DEPT',
  teacher: 'Ms Kaur',
  colleague: 'Mrs Brandt',
  classCode: '9M2',
  lessonMs: at('09:00'),
  period: 2,
  who: { ...who, coObservers: ['Mrs Brandt'] },
  feedbackBegun: false,
};

export const begunLesson: SameLesson = {
  ...oneLesson,
  mine: 'composing',
  teacher: 'Mr Pryce',
  classCode: '10M2',
  period: null,
  feedbackBegun: true,
};
