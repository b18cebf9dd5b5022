// Three people who observed one lesson: while pages are missing, and when all are in.

import type { Visit } from '../../src/app/contract';
import { at, brandt, composing, moss, osei, sheet } from './lesson';

const observers = [osei, brandt, moss];
const seen = (submitted: boolean) =>
  observers.map((one) => ({ ...one, submitted, excused: false }));
const teamOf = {
  expected: observers,
  levels: {},
  reason: '',
  agreed: [],
  iAgreed: false,
  allAgreedMs: null,
};

export const teamWaiting: Visit = {
  ...composing,
  id: 'team-waiting',
  kind: 'TEAM',
  observers: seen(false).map((one) => ({ ...one, submitted: one.id === osei.id })),
  team: { ...teamOf, open: false, waitingFor: [brandt, moss] },
};

export const teamOpen: Visit = {
  ...composing,
  id: 'team-open',
  kind: 'TEAM',
  observers: seen(true),
  otherSheets: [
    {
      ...sheet,
      author: brandt,
      mine: false,
      submitted: true,
      notes: [
        {
          id: 'b1',
          atMs: at('09:41'),
          text: 'Back left answers on whiteboards: two of four right at once.',
          element: 4,
          isPrivate: false,
        },
      ],
      ratings: { 1: { kind: 'level', level: 3 }, 4: { kind: 'level', level: 3 } },
    },
    {
      ...sheet,
      author: moss,
      mine: false,
      submitted: true,
      notes: [],
      ratings: {
        1: { kind: 'level', level: 3 },
        2: { kind: 'level', level: 2 },
        4: { kind: 'level', level: 2 },
      },
    },
  ],
  team: {
    ...teamOf,
    open: true,
    waitingFor: [],
    levels: { 4: { kind: 'level', level: 2 } },
    reason: 'The whiteboards showed more than the hands did; we settled on what most pupils did.',
    agreed: [brandt],
  },
};
