// The pack, the cycle, help, agreement and the management matrix for the gallery.

import type {
  Agreement,
  AgreementFigures,
  Cycle,
  CycleState,
  HalfTerm,
  Help,
  HelpThread,
  Management,
  Pack,
  StepThread,
} from '../../src/app/contract';
import { day, elements, kaur, moss } from './lesson';

const complete = {
  tabletsNotSeen: 0,
  awaySinceMs: null,
  lateSinceLastView: 0,
  recomputing: false,
  recovering: null,
};

const state: CycleState = {
  id: 'cycle',
  title: 'Cycle 2',
  fromMs: day(10, 19),
  toMs: day(12, 4),
  weeks: 6,
  week: 5,
  nextWeek: { number: 6, fromMs: day(11, 30) },
  nextCheckpointMs: day(11, 26),
};

export const pack = (halfTerm: HalfTerm, empty: boolean): Pack => ({
  name: 'Northgate School',
  dayMs: day(11, 26),
  halfTerm,
  praise: empty
    ? { visits: 0, teachers: 0, words: [] }
    : {
        visits: 14,
        teachers: 11,
        words: [
          {
            key: 'p1',
            teacher: 'Ms Kaur',
            text: '“Tell me why, not what” changed two answers on the spot because you waited.',
          },
          {
            key: 'p2',
            teacher: 'Mr Pryce',
            text: 'The first two minutes belong to the pupils: they come in, read, begin.',
          },
        ],
      },
  decisions: empty
    ? []
    : [
        {
          key: 'd1',
          dayMs: day(11, 25),
          owner: 'Dr Moss',
          teacher: '',
          text: 'Books on the desks before the bell in every room of the first floor.',
          overdue: true,
          revisits: 0,
          isPlan: false,
        },
        {
          key: 'd2',
          dayMs: day(12, 1),
          owner: '',
          teacher: '',
          text: 'One shared starter in each department.',
          overdue: false,
          revisits: 0,
          isPlan: false,
        },
      ],
  place: empty ? null : { cycle: 'cycle', scope: 'school', record: '' },
  coverage: empty
    ? []
    : [
        {
          title: 'Department visit, once a half-term',
          departments: ['English', 'Mathematics', 'Science'].map((name, i) => ({
            name,
            done: 9 + i,
            eligible: 16,
            booked: 3,
            bookSoon: i,
            overdue: 0,
            waiting: [],
          })),
        },
      ],
  toShare: empty ? [] : [{ author: 'Mrs Brandt', n: 2, sinceMs: day(11, 12) }],
  notAcknowledged: empty ? 0 : 3,
  referrals: empty
    ? []
    : [
        {
          key: 'r1',
          dayMs: day(12, 4),
          owner: 'Mr Osei',
          teacher: 'Ms Estrada',
          text: 'Wait time',
          overdue: false,
          revisits: 1,
          isPlan: false,
        },
      ],
  steps: empty ? { n: 0, overdue: 0 } : { n: 12, overdue: 2 },
  cycle: empty ? null : state,
  cut: false,
  complete,
});

export const cycle = (empty: boolean): Cycle => ({
  state: empty ? null : state,
  reviews: [
    {
      record: 'r1',
      cycle: 'cycle',
      mayWrite: true,
      kept: 'onTablet',
      scope: 'school',
      name: 'Northgate School',
      begun: true,
      targets: [
        {
          key: 't1',
          text: 'Every lesson begins within two minutes',
          value: 90,
          atMost: false,
          now: 84,
          differs: [],
        },
      ],
      targetsMet: 0,
      targetsMeasured: 1,
      checkPoints: [
        { week: 1, state: 'behind', text: 'Two corridors still wait for keys.', differs: [] },
        { week: 2, state: 'onTrack', text: '', differs: [] },
      ],
      decisions: [
        {
          key: 'd1',
          text: 'Second set of keys for the first floor.',
          owner: 'Dr Moss',
          dueMs: day(11, 20),
          done: false,
          overdue: true,
          ownerId: moss.id,
          differs: [{ field: 'owner', values: ['Dr Moss', 'Ms Kaur'] }],
        },
        {
          key: 'd2',
          text: 'Starters in the shared folder.',
          owner: 'Ms Kaur',
          dueMs: day(11, 10),
          done: true,
          overdue: false,
          ownerId: kaur.id,
          differs: [],
        },
      ],
    },
    {
      record: '',
      cycle: 'cycle',
      mayWrite: true,
      kept: 'stored',
      scope: 'music',
      name: 'Music',
      begun: false,
      targets: [],
      targetsMet: 0,
      targetsMeasured: 0,
      checkPoints: [],
      decisions: [],
    },
  ],
  complete,
});

const thread = {
  consentWords: '',
  part: 'helper',
  held: true,
  kept: 'stored',
  asked: null,
  mayLink: [],
  differs: [],
} as const;

// To the teacher who is helped.
export const offered: readonly HelpThread[] = [
  {
    id: 'h3',
    isPlan: false,
    teacher: 'Mr Osei',
    department: 'Mathematics',
    helper: 'Ms Kaur',
    elements: ['Questioning', 'Talk and participation'],
    aims: ['Three seconds of wait before each answer.'],
    consent: 'waiting',
    level: 'open',
    outcome: null,
    nextMs: day(12, 18),
    revisits: [],
    steps: [],
    evidence: [],
    ...thread,
    part: 'teacher',
    teacherId: 'osei',
  },
];

const step: StepThread = {
  visitId: 'received',
  stepId: 's1',
  text: 'In each 9M2 lesson this fortnight, ask two pupils by name who have not put a hand up.',
  element: 'Questioning',
  dueMs: day(12, 11),
  overdue: false,
  status: 'open',
  droppedBecause: '',
  mine: true,
  teacher: 'Mr Osei',
  teacherId: 'osei',
  looksIn: 'Dr Moss',
  classCode: '9M2',
  agreedMs: day(11, 24),
  check: null,
  mayLookIn: false,
  loadFull: false,
  mayLink: [],
};

export const steps: readonly StepThread[] = [
  step,
  {
    ...step,
    stepId: 's2',
    mine: false,
    teacher: 'Ms Kaur',
    text: 'Put the books on the desks before the lesson.',
    dueMs: day(11, 20),
    overdue: true,
    status: 'tried',
    mayLookIn: true,
    mayLink: [{ visitId: 'v9', lessonMs: day(11, 25) }],
  },
  {
    ...step,
    stepId: 's3',
    mine: false,
    teacher: 'Mr Pryce',
    text: 'Show one example that is nearly right beside the right one.',
    status: 'embedded',
    check: { visitId: 'received', lessonMs: day(11, 18), isPlanned: false, mayOpen: true },
  },
  {
    ...step,
    stepId: 's4',
    mine: false,
    teacher: 'Ms Kaur',
    text: 'Try the voting cards with 10A1.',
    status: 'dropped',
    droppedBecause: 'The cards went with Mr Bell; we agreed on mini whiteboards.',
  },
];

// As a head of department sees it: a draft of theirs, and what goes on.
export const led = (halfTerm: HalfTerm, empty: boolean): Help => {
  const { threads, ...rest } = help(halfTerm, empty);
  return {
    ...rest,
    threads: threads.map((one, i) => ({
      ...one,
      part: 'opener',
      level: i === 0 ? one.level : 'draft',
      kept: i === 1 ? 'parked' : 'stored',
    })),
    mayRefer: {
      teachers: [],
      departments: [],
      elements: elements.map(({ number, title }) => ({ number, title })),
      visits: [],
    },
  };
};

export const help = (halfTerm: HalfTerm, empty: boolean): Help => ({
  threads: empty
    ? []
    : [
        {
          id: 'h1',
          isPlan: false,
          teacher: 'Ms Estrada',
          department: 'Mathematics',
          helper: 'Mr Osei',
          elements: ['Questioning'],
          aims: ['Three seconds of wait before each answer.'],
          consent: 'given',
          level: 'active',
          outcome: null,
          nextMs: day(12, 1),
          revisits: [{ visitId: 'v1', lessonMs: day(11, 18), mayOpen: true }],
          steps: [
            {
              key: 's1',
              text: 'Ask two pupils by name.',
              dueMs: day(12, 1),
              status: 'tried',
              overdue: false,
            },
          ],
          evidence: [{ element: 'Questioning', level: 2 }],
          ...thread,
          teacherId: 'estrada',
          consentWords: 'Yes, with 9M2 please.',
          mayLink: [{ visitId: 'v2', lessonMs: day(11, 24) }],
        },
        {
          id: 'h2',
          isPlan: false,
          teacher: 'Mr Dunmore',
          department: 'Mathematics',
          helper: 'Mr Osei',
          elements: [],
          aims: [],
          consent: 'waiting',
          level: 'open',
          outcome: null,
          nextMs: null,
          revisits: [],
          steps: [],
          evidence: [],
          ...thread,
          teacherId: 'dunmore',
        },
      ],
  mayRefer: null,
  departments: empty
    ? []
    : [
        {
          name: 'Mathematics',
          points: [
            {
              halfTerm,
              levels: elements
                .slice(0, 4)
                .map(({ title }, i) => ({ element: title, tenths: 21 + i })),
            },
          ],
        },
      ],
  complete,
});

const figures = (pairs: number): AgreementFigures => ({
  pairs,
  visits: Math.ceil(pairs / 8),
  observers: 6,
  exact: Math.floor(pairs * 0.6),
  withinOne: Math.floor(pairs * 0.9),
  kappa: pairs < 20 ? null : { value: 64, low: 51, high: 75 },
  icc: pairs < 20 ? null : { value: 58, low: 40, high: 71 },
  withheld: false,
});

export const agreement = (empty: boolean): Agreement => ({
  fromMs: day(9, 2),
  own: empty ? null : figures(16),
  ownElements: [],
  certificate: {
    name: 'Mr Osei',
    state: empty ? 'none' : 'endsSoon',
    untilMs: day(12, 9),
    drift: !empty,
  },
  school: empty ? null : figures(180),
  schoolElements: empty
    ? []
    : elements.map(({ title }, i) => ({
        title,
        figures: { ...figures(20 + i), withheld: i === 8 },
      })),
  certificates: empty
    ? []
    : [
        { name: 'Dr Moss', state: 'valid', untilMs: day(12, 20), drift: false },
        { name: 'Mrs Brandt', state: 'expired', untilMs: day(10, 1), drift: false },
      ],
  doubleCoded: empty ? 0 : 21,
  doubleCodable: empty ? 0 : 140,
  complete,
});

export const management = (empty: boolean): Management => ({
  name: 'Northgate School',
  scope: 'school',
  mayLink: [],
  roles: empty ? [] : ['SLT', 'HOD'],
  functions: empty ? [] : ['Curriculum', 'Induction', 'Observation'],
  cells: empty
    ? []
    : [
        {
          key: 'c1',
          role: 'SLT',
          fn: 'Observation',
          strand: 'teaching',
          owner: 'Dr Moss',
          objective: 'Each teacher is visited once a half-term.',
          status: 'underWay',
          evidence: 2,
          untilMs: day(12, 18),
          ownerId: moss.id,
          evidenceList: [
            { key: 'e1', words: 'Minutes of 12 Nov', isLink: false, record: null },
            {
              key: 'e2',
              words: '',
              isLink: true,
              record: {
                record: 'r1',
                kind: 'review',
                org: 'mathematics',
                name: 'Mathematics',
                dateMs: day(11, 12),
              },
            },
          ],
          handOver: 'The keys are in the office.',
          held: true,
          kept: 'onTablet',
          differs: [],
        },
        {
          key: 'c2',
          role: 'HOD',
          fn: 'Curriculum',
          strand: 'whole',
          owner: '',
          objective: 'One shared plan.',
          status: 'planned',
          evidence: 0,
          untilMs: null,
          ownerId: '',
          evidenceList: [],
          handOver: '',
          held: true,
          kept: 'stored',
          differs: [{ field: 'objective', values: ['One shared plan.', 'A plan for each year.'] }],
        },
      ],
  gaps: empty
    ? []
    : [
        { key: 'g1', cell: 'c2', role: 'HOD', fn: 'Curriculum', strand: 'whole', why: 'noOwner' },
        { key: 'g2', cell: '', role: 'SLT', fn: 'Induction', strand: 'whole', why: 'noCell' },
      ],
  complete,
});
