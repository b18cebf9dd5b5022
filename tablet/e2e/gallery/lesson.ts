// One lesson of a school that does not exist, in the states in which screens have to show it.

import type {
  Element,
  Person,
  QuestionValue,
  Sheet,
  Visit,
  WhoFacts,
} from '../../src/app/contract';

export const zone = 'Europe/London';
// Tuesday 24 November 2026, 09:40 in the school.
export const now = Date.UTC(2026, 10, 24, 9, 40);
export const at = (clock: string) => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return Date.UTC(2026, 10, 24, hours, minutes);
};
export const day = (month: number, date: number, hours = 9) =>
  Date.UTC(2026, month - 1, date, hours);

const person = (id: string, name: string): Person => ({
  id,
  name,
  initials: name
    .split(' ')
    .slice(-1)
    .map((part) => part.slice(0, 2).toUpperCase())
    .join(''),
});

export const kaur = person('kaur', 'Ms Kaur');
export const osei: Person = { id: 'osei', name: 'Mr Osei', initials: 'DO' };
export const brandt = person('brandt', 'Mrs Brandt');
export const moss = person('moss', 'Dr Moss');

const rows: readonly (readonly [string, string, string, readonly string[], readonly string[]])[] = [
  [
    'Welcome and routines',
    'Welcome',
    'How do pupils come in, start, change task and leave? What happens without being said?',
    [
      'The start and the changes of task need many reminders, and time goes by before work begins.',
      'A routine is known to some; the teacher still carries much of it by voice.',
      'Pupils start, move and tidy by habit; a look or a word is enough.',
      'Pupils run the routines themselves and help each other to keep them; every minute is used.',
    ],
    ['Warm welcome', 'Straight to work'],
  ],
  [
    'Clear purpose',
    'Purpose',
    'Can pupils say what they are learning, why it matters and what good looks like?',
    [
      'Pupils can say what they are doing, but not what it is for.',
      'The purpose is told; some pupils can put it into their own words.',
      'Most pupils can say what they are learning and how they will know.',
      'Pupils use the purpose to judge their own work and to decide what to do next.',
    ],
    ['Purpose everyone could say', 'Good example shown'],
  ],
  [
    'Explaining and modelling',
    'Explaining',
    'How is the new idea made plain? What do pupils see and hear while it is being done?',
    [
      'The new idea is told once and quickly; steps are missing for some.',
      'Steps are shown; the thinking between them is partly said aloud.',
      'The idea is built in small steps, thought aloud, with near misses beside the real thing.',
      'The model foresees misunderstandings, and pupils take over the narration.',
    ],
    ['Thinking said aloud', 'Small steps'],
  ],
  [
    'Questioning',
    'Questioning',
    'Who is asked, how long do they have, and what happens to the answer?',
    [
      'Questions mostly go to volunteers; answers are short and the lesson moves on.',
      'Some pupils are chosen by name; follow-up questions begin to appear.',
      'Most pupils are asked to think; answers are probed, and silence is allowed.',
      'Pupils build on and challenge each other’s answers; the teacher steers lightly.',
    ],
    ['Real wait', 'Why, not only what'],
  ],
  ...(
    [
      ['Thinking made visible', 'Thinking'],
      ['Practice and challenge', 'Practice'],
      ['Checking and adapting', 'Checking'],
      ['Talk and participation', 'Talk'],
      ['Books and feedback', 'Books'],
    ] as const
  ).map(
    ([title, short]) =>
      [
        title,
        short,
        'What does everyone do, and what changes because of it?',
        [
          'Seen now and then, or not yet with everyone.',
          'There, and reaching some pupils.',
          'Reliable, and reaching most pupils.',
          'So settled that a colleague could learn it by watching.',
        ],
        ['Enough turns', 'Pride in the page'],
      ] as const,
  ),
];

const words = ['Getting started', 'Taking shape', 'Working well', 'Worth sharing'];

export const elements: readonly Element[] = rows.map(
  ([title, short, lookFor, descriptors, praiseTags], index) => ({
    number: index + 1,
    title,
    short,
    lookFor,
    levels: descriptors.map((descriptor, level) => ({
      number: level + 1,
      word: words[level] ?? '',
      descriptor,
    })),
    praiseTags,
    nextStepStems: [
      'Choose names before the question by …',
      'Wait three seconds before and after …',
      'Follow a right answer with “how do you know?” in …',
    ],
  }),
);

const note = (id: string, clock: string, text: string, element: number | null) => ({
  id,
  atMs: at(clock),
  text,
  element,
  isPrivate: false,
});

export const sheet: Sheet = {
  author: osei,
  mine: true,
  submitted: false,
  notes: [
    note('n1', '09:14', 'Greets everyone at the door by name; books already out.', 1),
    note(
      'n2',
      '09:16',
      'Starter on the board before the bell; everyone writing within two minutes.',
      1,
    ),
    note(
      'n3',
      '09:22',
      '“Tell me why, not what.” Asked three times; two pupils changed their answer.',
      4,
    ),
    note(
      'n4',
      '09:31',
      'Worked example in silence, then narrated again with a deliberate mistake.',
      3,
    ),
    note('n5', '09:38', 'Six hands up, the same four as before. Back left table not asked yet.', 4),
  ],
  removedNotes: [],
  ratings: {
    1: { kind: 'level', level: 3 },
    2: { kind: 'level', level: 3 },
    4: { kind: 'level', level: 2 },
    9: { kind: 'notSeen' },
  },
  tallies: [
    { code: 'QN', label: 'Questions by name', count: 11, mine: 11 },
    { code: 'PE', label: 'Pupil explains', count: 4, mine: 4 },
  ],
  onTask: [{ atMs: at('09:34'), onTask: 26, total: 28 }],
  praise: [{ id: 'p1', text: 'Pupils knew the routine and started without being asked.' }],
  pupilsPresent: 28,
};

export const who: WhoFacts = {
  kind: 'DEPT',
  phase: 'draft',
  reader: 'hod',
  observes: true,
  announced: true,
  teacher: 'Ms Kaur',
  coObservers: [],
  lead: { department: 'Mathematics', seniorLeaders: true, heads: [] },
  query: null,
  acknowledged: false,
  referral: null,
  grants: [],
  untilMs: null,
  erasedMs: null,
  tabletsBehind: 0,
  feedbackAsked: false,
  readers: [
    { who: 'you', name: '', sees: 'all' },
    { who: 'senior', name: '', sees: 'exists' },
    { who: 'teacher', name: 'Ms Kaur', sees: 'exists' },
  ],
  next: null,
};

export const draft: Visit = {
  id: 'draft',
  kind: 'DEPT',
  phase: 'draft',
  teacher: kaur,
  lead: osei,
  observers: [{ ...osei, submitted: false, excused: false }],
  me: 'lead',
  joinCode:
    'AQGYPkgDlXxAgJ4fX3cDcaNHS0RMV1BQMkZSAUGAtBDe6kYUl9z6I2-jH54Bkz4fMUt2TaCv1X-QXVmhAAABmrHuQkAAPAM5TTJCMTI',
  joinLetters: 'KAURMP2F2R',
  classCode: '9M2',
  subject: 'Maths',
  room: 'M4',
  lessonMs: at('09:14'),
  startedMs: at('09:14'),
  minutes: 45,
  announced: true,
  graded: true,
  elements,
  lookEveryMin: 10,
  neededAtShare: ['strengths'],
  kept: { state: 'onTablet', at: { kind: 'at', ms: now } },
  shown: { state: 'none' },
  who: { ...who, next: { step: 'submit', facts: { ...who, phase: 'submitted' } } },
  mySheet: sheet,
  otherSheets: [],
  team: null,
  feedback: {
    strengths: [],
    priority: '',
    priorityElement: null,
    conversationMs: null,
    message: [],
    includeNotes: true,
  },
  steps: [],
  versions: [],
  nextVersion: 1,
  queries: [],
  reflection: '',
  acknowledged: [],
  undecided: [],
  offerWaits: false,
  undo: { kind: 'link', element: 'Questioning' },
  declined: [],
  schoolDaysUnshared: null,
  withdrawnReason: '',
  joining: false,
  joinedInto: null,
  mayLetRead: [],
  letRead: [],
};

const strengths = [
  'Everyone was writing within two minutes of the bell. The routine is yours and they own it.',
  '“Tell me why, not what.” Two pupils changed their answer on the spot because you waited.',
];
const priorityNow =
  'Six hands carried most of the answers. Choosing names before the question would bring in the tables at the back, who had plenty on their whiteboards.';
const step = {
  id: 's1',
  text: 'In each 9M2 lesson this fortnight, ask two pupils by name who have not put a hand up, and leave three seconds first.',
  element: 4,
  dueMs: day(12, 11),
  checkVisitId: null,
  status: 'open' as const,
};

const version = (round: number, sharedMs: number, priority: string) => ({
  round,
  sharedBy: 'Mr Osei',
  shared: { kind: 'at' as const, ms: sharedMs },
  strengths,
  priority,
  priorityElement: 4,
  steps: [step],
  message: [],
  notes: sheet.notes,
  ratings: { 1: 3, 2: 3, 4: 2 },
  leftOut: [],
});

export const composing: Visit = {
  ...draft,
  id: 'composing',
  phase: 'submitted',
  shown: { state: 'submitted', at: { kind: 'at', ms: at('10:05') } },
  kept: { state: 'stored', at: { kind: 'at', ms: at('10:06') } },
  mySheet: { ...sheet, submitted: true },
  feedback: {
    strengths: strengths.map((text, index) => ({ id: `w${index}`, text })),
    priority: '',
    priorityElement: 4,
    conversationMs: day(11, 25),
    message: [],
    includeNotes: true,
  },
  steps: [step],
  schoolDaysUnshared: 5,
};

export const received: Visit = {
  ...draft,
  id: 'received',
  me: 'teacher',
  phase: 'shared',
  mySheet: null,
  feedback: null,
  steps: [step],
  kept: { state: 'stored', at: { kind: 'at', ms: day(11, 26, 15) } },
  shown: { state: 'shared', version: 2, at: { kind: 'at', ms: day(11, 26, 15) } },
  versions: [
    version(1, day(11, 25, 15), 'Six hands carried most of the answers.'),
    version(2, day(11, 26, 15), priorityNow),
  ],
  nextVersion: 3,
  acknowledged: [{ round: 1, at: { kind: 'at', ms: day(11, 25, 17) } }],
  reflection:
    'The back tables were the ones I moved last week, so this is a useful nudge. Could we look at the seating plan together?',
  queries: [
    {
      id: 'q1',
      version: 1,
      element: 4,
      text: 'The back left table answered on whiteboards. Does that count?',
      at: { kind: 'at', ms: day(11, 25, 18) },
      closed: false,
      answer: { text: 'It does; I have changed the sentence.', resolution: 'amended' },
    },
  ],
  who: {
    ...who,
    phase: 'shared',
    reader: 'teacher',
    observes: false,
    coObservers: ['Mr Osei'],
    readers: [
      { who: 'you', name: '', sees: 'all' },
      { who: 'observer', name: 'Mr Osei', sees: 'all' },
      { who: 'hod', name: 'Mathematics', sees: 'all' },
      { who: 'senior', name: '', sees: 'all' },
    ],
  },
  mayLetRead: [moss],
};

export const informal: Visit = {
  ...draft,
  id: 'informal',
  kind: 'INFORMAL',
  graded: false,
  lookEveryMin: 0,
  mySheet: { ...sheet, notes: [], praise: [], ratings: {}, tallies: [], onTask: [] },
  undo: null,
  who: { ...who, kind: 'INFORMAL', untilMs: day(12, 31) },
};

export const offer: Visit = {
  ...informal,
  id: 'offer',
  kind: 'WALK',
  offerWaits: true,
  who: {
    ...who,
    kind: 'WALK',
    next: { step: 'submit', facts: { ...who, kind: 'WALK', phase: 'submitted' } },
  },
};

export const value = (change: Partial<QuestionValue>): QuestionValue => ({
  key: `${change.level}${change.text}`,
  level: null,
  text: '',
  dateMs: null,
  removed: false,
  author: 'Mr Osei',
  mine: true,
  tablet: '',
  at: { kind: 'at', ms: at('09:41') },
  notes: [],
  ...change,
});
