// Every row of the tables of "Who can see this?", word for word.

import { describe, expect, it } from 'vitest';
import type { WhoFacts } from '../app/contract';
import { whoCanSee, whoSeesWalk, whoWhenShared } from './who-can-see';

const zone = 'Europe/London';
const now = Date.UTC(2026, 10, 24, 9, 40);

const base: WhoFacts = {
  kind: 'DEPT',
  phase: 'draft',
  reader: 'observer',
  observes: true,
  announced: false,
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
  readers: [{ who: 'you', name: '', sees: 'all' }],
  next: null,
};

const exists = 'can see that the visit exists (date, kind, observer), not what is written';

const rows: readonly (readonly [string, Partial<WhoFacts>, string])[] = [
  [
    'planned, announced',
    { phase: 'planned', announced: true },
    'You, Ms Kaur, the head of Mathematics and senior leaders can see this plan.',
  ],
  [
    'planned, not announced',
    { phase: 'planned' },
    'You, the head of Mathematics and senior leaders can see this plan. Ms Kaur cannot see it before the lesson.',
  ],
  [
    'planned by the head of department: the reader is left out',
    { phase: 'planned', announced: true, reader: 'hod' },
    'You, Ms Kaur and senior leaders can see this plan.',
  ],
  [
    'planned by a senior leader: the others read it too',
    { phase: 'planned', announced: true, reader: 'senior' },
    'You, Ms Kaur, the head of Mathematics and other senior leaders can see this plan.',
  ],
  [
    'draft',
    {},
    `Only you can read this. The head of Mathematics and senior leaders ${exists}; so can Ms Kaur after the lesson.`,
  ],
  [
    'draft, TEAM',
    { kind: 'TEAM', coObservers: ['Mr Osei', 'Mrs Brandt'] },
    `Only you can read your page. Mr Osei and Mrs Brandt write their own; nobody reads another’s page until all three are submitted. The head of Mathematics and senior leaders ${exists}; so can Ms Kaur after the lesson.`,
  ],
  [
    'a draft of a colleague’s, as the head of department sees it',
    { reader: 'hod', observes: false, coObservers: ['Mr Osei'] },
    `Only Mr Osei can read this. You and senior leaders ${exists}; so can Ms Kaur after the lesson.`,
  ],
  [
    'a draft of two colleagues, as a senior leader sees it',
    { kind: 'TEAM', reader: 'senior', observes: false, coObservers: ['Mr Osei', 'Mrs Brandt'] },
    `Mr Osei and Mrs Brandt each read their own page, until all are submitted. You, the head of Mathematics and other senior leaders ${exists}; so can Ms Kaur after the lesson.`,
  ],
  [
    'a draft, as the teacher sees it',
    { reader: 'teacher', observes: false, coObservers: ['Mr Osei'] },
    `Only Mr Osei can read this. You, the head of Mathematics and senior leaders ${exists}.`,
  ],
  [
    'submitted by a colleague, as the head of department reads it',
    { phase: 'submitted', reader: 'hod', observes: false, coObservers: ['Mr Osei'] },
    `You, Mr Osei and senior leaders can read this. Ms Kaur ${exists}, and reads it when it is shared.`,
  ],
  [
    'submitted, as the teacher sees it',
    { phase: 'submitted', reader: 'teacher', observes: false, coObservers: ['Mr Osei'] },
    `Mr Osei, the head of Mathematics and senior leaders can read this. You ${exists}; you read it when it is shared.`,
  ],
  [
    'submitted',
    { phase: 'submitted' },
    `You, the head of Mathematics and senior leaders can read this. Ms Kaur ${exists}, and reads it when you share it.`,
  ],
  [
    'submitted, TEAM',
    { kind: 'TEAM', phase: 'submitted', coObservers: ['Mr Osei', 'Mrs Brandt'] },
    `You, Mr Osei, Mrs Brandt, the head of Mathematics and senior leaders can read this. Ms Kaur ${exists}, and reads it when you share it.`,
  ],
  [
    'shared',
    { phase: 'shared' },
    'You, Ms Kaur, the head of Mathematics and senior leaders can read this. Ms Kaur may let a coach or mentor read it. Governors see only whole-school figures, never a name.',
  ],
  [
    'shared, as the teacher reads it',
    { phase: 'shared', reader: 'teacher', coObservers: ['Mr Osei'] },
    'You, Mr Osei, the head of Mathematics and senior leaders can read this. You may let a coach or mentor read it. Governors see only whole-school figures, never your name.',
  ],
  [
    'shared, open referral',
    {
      phase: 'shared',
      referral: { helper: 'Dr Moss', elements: ['Questioning', 'Clear purpose'] },
    },
    'You, Ms Kaur, the head of Mathematics and senior leaders can read this. Ms Kaur may let a coach or mentor read it. Governors see only whole-school figures, never a name. Dr Moss reads the elements named in the referral: Questioning and Clear purpose.',
  ],
  [
    'queried',
    { phase: 'shared', query: { element: 'Questioning' } },
    'The same people can read this and Ms Kaur’s question. Questioning is left out of every figure until you have answered.',
  ],
  [
    'acknowledged',
    { phase: 'shared', acknowledged: true },
    'The same people as when it was shared.',
  ],
  [
    'closed',
    { phase: 'closed', coObservers: ['Mr Osei'], untilMs: Date.UTC(2032, 7, 31, 11) },
    'You, Mr Osei, Ms Kaur, the head of Mathematics and senior leaders can read this until Tue 31 Aug 2032. Coaches and Advanced Skills Teachers no longer can.',
  ],
  [
    'withdrawn',
    { phase: 'withdrawn', coObservers: ['Mr Osei'] },
    'You and Ms Kaur can see that this was withdrawn, and why. Mr Osei, the head of Mathematics and senior leaders see only that it was withdrawn. It counts in no figure.',
  ],
  [
    'erased',
    { phase: 'erased', erasedMs: Date.UTC(2026, 10, 20, 12), tabletsBehind: 2 },
    'Nobody can read this. It was erased on Fri 20 Nov. 2 tablets have not been in touch since; they erase it at their next contact.',
  ],
  [
    'erased everywhere',
    { phase: 'erased', erasedMs: Date.UTC(2026, 10, 20, 12) },
    'Nobody can read this. It was erased on Fri 20 Nov.',
  ],
  [
    'the teacher leads the department: senior leaders alone',
    { lead: { department: null, seniorLeaders: true, heads: [] } },
    `Only you can read this. Senior leaders ${exists}; so can Ms Kaur after the lesson.`,
  ],
  [
    'the teacher is a senior leader: the head alone',
    { lead: { department: null, seniorLeaders: false, heads: ['Dr Abara'] } },
    `Only you can read this. Dr Abara, as head ${exists}; so can Ms Kaur after the lesson.`,
  ],
  ['COACH draft', { kind: 'COACH' }, 'Only you. Nobody else can see that this exists.'],
  [
    'COACH submitted',
    { kind: 'COACH', phase: 'submitted' },
    'Only you can read this. Ms Kaur can see that it exists.',
  ],
  ...(['shared', 'closed'] as const).map(
    (phase) =>
      [
        `COACH ${phase}`,
        { kind: 'COACH', phase },
        'Only you and Ms Kaur, who may let others read this one. The head of Mathematics sees how many coaching visits there were and the date of the last. Senior leaders can see that it exists.',
      ] as const,
  ),
  [
    'COACH, granted',
    { kind: 'COACH', phase: 'shared', grants: ['Mr Osei'] },
    'You, Ms Kaur and Mr Osei, because Ms Kaur chose to. Ms Kaur can take that back.',
  ],
  ...(['planned', 'draft', 'submitted', 'shared', 'closed'] as const).map(
    (phase) =>
      [
        `PEER ${phase}`,
        { kind: 'PEER', phase },
        'Only you and Ms Kaur. It belongs to Ms Kaur, who can delete both copies until it is closed. The head of Mathematics sees a tick for the half-term, without your name. Senior leaders see a department’s count only when it is 5 or more.',
      ] as const,
  ),
  [
    'INFORMAL',
    { kind: 'INFORMAL', untilMs: Date.UTC(2027, 1, 22, 12) },
    'Only you and Ms Kaur. It is deleted on Mon 22 Feb, after 90 days.',
  ],
  ['SELF', { kind: 'SELF' }, 'Only you. You may let someone read it.'],
  [
    'CALIB',
    { kind: 'CALIB' },
    'Only you. Leaders see how closely observers agree, never a lesson or a teacher.',
  ],
  [
    'CALIB, feedback asked',
    { kind: 'CALIB', feedbackAsked: true },
    'Only you. Leaders see how closely observers agree, never a lesson or a teacher. Ms Kaur asked for feedback and can read it.',
  ],
  [
    'REVIEW, before joint findings',
    { kind: 'REVIEW', teacher: '', untilMs: Date.UTC(2026, 11, 8, 12) },
    'You and the host school’s lead until the joint findings. No teacher is named. Your access ends on Tue 8 Dec.',
  ],
  [
    'REVIEW, agreed report',
    { kind: 'REVIEW', teacher: '', phase: 'shared' },
    'The host school, the guest schools and the executive can read the agreed report. No teacher is named.',
  ],
];

describe('Who can see this?', () => {
  it.each(rows)('%s', (_name, facts, words) => {
    expect(whoCanSee({ ...base, ...facts }, zone, now).sentence).toBe(words);
  });

  it('says what the next step changes', () => {
    const words = whoCanSee(
      { ...base, next: { step: 'submit', facts: { ...base, phase: 'submitted' } } },
      zone,
      now,
    );
    expect(words.next?.label).toBe('When you submit:');
    expect(words.next?.sentence).toContain('reads it when you share it');
  });

  it('tells whoever leads the teacher of steps that are not theirs to take', () => {
    const leader: WhoFacts = {
      ...base,
      reader: 'hod',
      observes: false,
      coObservers: ['Mr Osei'],
      readers: [{ who: 'observer', name: 'Mr Osei', sees: 'all' }],
    };
    const words = whoCanSee(
      { ...leader, next: { step: 'submit', facts: { ...leader, phase: 'submitted' } } },
      zone,
      now,
    );
    expect(words.chip).toBe('Only Mr Osei');
    expect(words.next?.label).toBe('When it is submitted:');
    expect(words.next?.sentence).toContain('reads it when it is shared');
  });

  it('says one line on the walk screen', () => {
    expect(whoSeesWalk('Ms Kaur', 'Mathematics')).toBe(
      'Only you, until you end the walk. Then senior leaders and the head of Mathematics. Praise goes to Ms Kaur the same day.',
    );
  });

  it('says before sharing who reads it then, however far the page has come', () => {
    const close: WhoFacts['next'] = { step: 'close', facts: { ...base, phase: 'closed' } };
    const shared: WhoFacts = { ...base, phase: 'shared', next: close };
    const submitted: WhoFacts = {
      ...base,
      phase: 'submitted',
      next: { step: 'share', facts: shared },
    };
    const draft: WhoFacts = { ...base, next: { step: 'submit', facts: submitted } };
    const again: WhoFacts = { ...shared, acknowledged: true, query: { element: 'Questioning' } };
    for (const facts of [draft, submitted, shared, again]) {
      expect(whoWhenShared(facts, zone, now)).toBe(
        'You, Ms Kaur, the head of Mathematics and senior leaders can read this. Ms Kaur may let a coach or mentor read it. Governors see only whole-school figures, never a name.',
      );
    }
  });

  it('names one other reader on the chip, and counts more', () => {
    const reads = (readers: WhoFacts['readers']) => whoCanSee({ ...base, readers }, zone, now).chip;
    expect(reads(base.readers)).toBe('Only you');
    expect(reads([...base.readers, { who: 'teacher', name: 'Ms Kaur', sees: 'all' }])).toBe(
      'You and Ms Kaur',
    );
    expect(
      reads([
        ...base.readers,
        { who: 'teacher', name: 'Ms Kaur', sees: 'all' },
        { who: 'hod', name: 'Mathematics', sees: 'all' },
        { who: 'senior', name: '', sees: 'all' },
      ]),
    ).toBe('4 groups');
    expect(reads([...base.readers, { who: 'senior', name: '', sees: 'exists' }])).toBe('Only you');
  });
});
