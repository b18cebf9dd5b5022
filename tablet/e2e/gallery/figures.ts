// Pages of figures for the gallery: a department of nine, a teacher's nine elements in six half-terms,
// twelve departments, and a school that is too small to show much.

import type {
  Answered,
  Areas,
  Coverage,
  CoverState,
  ElementTrend,
  FederationFigures,
  FigureAnswer,
  Figures,
  FrozenFigures,
  FrozenUnit,
  HalfTerm,
  Loaded,
  Mark,
  Matrix,
  RuleCover,
  Statement,
  Store,
  TeacherCover,
  TeacherLoad,
  Trends,
} from '../../src/app/contract';
import { day, elements, now } from './lesson';
import { agreement, cycle, help, led, management, pack } from './practice';

const always =
  <T>(value: T) =>
  () =>
    value;

const fixed = <T>(value: T): Store<T> => ({ get: () => value, subscribe: () => () => undefined });

const halfTerm = (firstYear: number, number: number, from: number, to: number): HalfTerm => ({
  h2: (firstYear - 2000) * 8 + number,
  number,
  firstYear,
  fromMs: from,
  toMs: to,
});
const halfTerms = [
  halfTerm(2025, 3, Date.UTC(2026, 0, 5), Date.UTC(2026, 1, 13)),
  halfTerm(2025, 4, Date.UTC(2026, 1, 23), Date.UTC(2026, 2, 27)),
  halfTerm(2025, 5, Date.UTC(2026, 3, 13), Date.UTC(2026, 4, 22)),
  halfTerm(2025, 6, Date.UTC(2026, 5, 1), Date.UTC(2026, 6, 21)),
  halfTerm(2026, 1, Date.UTC(2026, 8, 2), Date.UTC(2026, 9, 23)),
  halfTerm(2026, 2, Date.UTC(2026, 10, 2), Date.UTC(2026, 11, 18)),
];
const last = halfTerms[5] as HalfTerm;

const complete = {
  tabletsNotSeen: 2,
  awaySinceMs: day(11, 19),
  lateSinceLastView: 1,
  recomputing: false,
  recovering: { seen: 41, of: 63 },
};

// --- Coverage. ---

const cover = (
  name: string,
  state: CoverState,
  visits: number,
  more: Partial<TeacherCover> = {},
): TeacherCover => ({
  id: name,
  name,
  isMe: false,
  state,
  bookSoon: false,
  doneMs: null,
  shared: false,
  recordedLate: false,
  plannedMs: null,
  plannedPeriod: null,
  load: { visits, ofVisits: 3, minutes: visits * 50, ofMinutes: 180, full: visits >= 3 },
  mayPlan: true,
  ...more,
});

const teachers: readonly TeacherCover[] = [
  cover('Miss Adeleke', 'done', 1, { doneMs: day(11, 10), shared: true, recordedLate: true }),
  cover('Mr Blackwood', 'done', 2, { doneMs: day(11, 26) }),
  cover('Mrs Castellan', 'booked', 1, { plannedMs: day(12, 11), plannedPeriod: 3 }),
  cover('Mr Dunmore', 'due', 0, { bookSoon: true }),
  cover('Ms Estrada', 'overdue', 1),
  cover('Mr Fenwick', 'exempt', 0),
  cover('Ms Kaur', 'done', 1, { doneMs: day(11, 24), shared: true }),
  cover('Mr Osei', 'booked', 2, { isMe: true, mayPlan: false, plannedMs: day(12, 14) }),
  cover('Mrs Quill', 'done', 3, { doneMs: day(11, 20), shared: true }),
];

const rule = (department: string, covered: readonly TeacherCover[]): RuleCover => {
  const count = (state: CoverState) => covered.filter((one) => one.state === state).length;
  return {
    rule: 'half-term',
    title: 'Department visit, once a half-term',
    department,
    departmentName: department,
    done: count('done'),
    eligible: covered.length - count('exempt'),
    booked: count('booked'),
    due: count('due'),
    overdue: count('overdue'),
    exempt: count('exempt'),
    bookSoon: covered.filter(({ bookSoon }) => bookSoon).length,
    recordedLate: covered.filter(({ recordedLate }) => recordedLate).length,
    notShared: covered.filter(({ state, shared }) => state === 'done' && !shared).length,
    fromMs: last.fromMs,
    toMs: last.toMs,
    teachers: covered,
  };
};

const departments = [
  'Art and design',
  'Computing and business',
  'Design and technology',
  'Drama and dance',
  'English',
  'Humanities',
  'Mathematics',
  'Modern languages',
  'Music',
  'Physical education',
  'Science',
  'Social sciences',
] as const;

const coverage = (of: 'department' | 'school' | 'empty'): Coverage => ({
  halfTerm: last,
  when: 'running',
  schoolDaysLeft: 9,
  rules:
    of === 'school'
      ? departments.map((name, i) => rule(name, teachers.slice(i % 4, 4 + (i % 6))))
      : [rule('Mathematics', of === 'empty' ? [] : teachers)],
  complete,
  reasons:
    of === 'department'
      ? [
          { kind: 'rules', rule: 'coverageRule', name: 'Half-termly visit', atMs: day(11, 25) },
          { kind: 'movedAway', teacher: 'Ms Kaur', lessonMs: day(11, 18), atMs: day(11, 24) },
        ]
      : [],
  changes:
    of === 'department'
      ? [
          {
            kind: 'teacher',
            teacher: 'Mr Blackwood',
            from: 'booked',
            to: 'done',
            doneMs: day(11, 26),
            recordedLate: false,
            rule: 'Department visit, once a half-term',
          },
        ]
      : [],
  comingUp:
    of === 'empty'
      ? []
      : [
          {
            visitId: 'v1',
            teacher: 'Mrs Castellan',
            classCode: '7M1',
            lessonMs: day(12, 11),
            period: 3,
          },
        ],
});

// --- Trends. ---

const levels: readonly (readonly (readonly [number, number] | null)[])[] = [
  [[3, 0], null, [3, 0], [3, 1], [3, 0], [3, 2]],
  [
    [2, 0],
    [2, 0],
    [2, 0],
    [3, 1],
    [3, 0],
    [3, 2],
  ],
  [[3, 0], null, [3, 0], [4, 1], [3, 0], [3, 0]],
  [
    [1, 0],
    [1, 0],
    [2, 0],
    [1, 1],
    [2, 2],
    [3, 1],
  ],
  [null, null, null, [2, 1], null, [3, 0]],
  [[2, 0], null, [2, 0], [3, 1], [2, 0], [3, 1]],
  [null, [3, 0], [3, 0], [3, 0], [2, 1], [2, 0]],
  [[2, 0], null, [2, 0], [2, 0], [3, 0], [3, 0]],
  [null, null, null, null, null, null],
];
const statements: readonly Statement[] = [
  { kind: 'steady' },
  { kind: 'higher', tenths: 8 },
  { kind: 'lower', tenths: 5 },
  { kind: 'higher', tenths: 10 },
  { kind: 'notYet', why: { kind: 'sides', before: 1, now: 1, needed: 2 } },
  { kind: 'steady' },
  { kind: 'lower', tenths: 7 },
  { kind: 'notYet', why: { kind: 'observers', n: 1, needed: 2 } },
  { kind: 'notYet', why: { kind: 'notSeen' } },
];

const elementTrend = (index: number, group: boolean): ElementTrend => {
  const points = (levels[index] ?? []).map((one, column) => {
    const marks: Mark[] =
      one === null || group
        ? []
        : [
            {
              visitId: `received${column}`,
              level: one[0],
              lessonMs: (halfTerms[column]?.fromMs ?? 0) + 9 * 86_400_000,
              observer: one[1],
              mayOpen: column > 2,
            },
          ];
    return {
      n: one === null ? 0 : group ? 9 : 1,
      value: one === null ? null : group ? Math.max(10, one[0] * 10 - 3) : one[0],
      teachers: group && one !== null ? 6 : 0,
      observers: one === null ? 0 : 1,
      unresolved: 0,
      marks,
    };
  });
  return {
    element: index + 1,
    title: elements[index]?.title ?? '',
    levels: 4,
    levelWords: elements[index]?.levels.map(({ word }) => word) ?? [],
    points,
    n: points.reduce((sum, { n }) => sum + n, 0),
    observers: new Set(points.flatMap(({ marks }) => marks.map(({ observer }) => observer))).size,
    statement: statements[index] ?? { kind: 'steady' },
  };
};

const trends = (of: Trends['of'], empty: boolean): Trends => {
  const group = of === 'department' || of === 'school';
  return {
    of,
    name: group ? 'Mathematics' : 'Ms Kaur',
    halfTerms,
    rubricChanges: group ? [2] : [],
    rubric: 'Nine elements of a lesson, A (four levels)',
    elements: empty ? [] : elements.map((_, index) => elementTrend(index, group)),
    observers: group
      ? []
      : [
          { name: 'Mr Osei', firstMs: day(1, 12) },
          { name: 'Mrs Brandt', firstMs: day(6, 3) },
          { name: 'Dr Moss', firstMs: day(11, 9) },
        ],
    lessons: empty ? 0 : 8,
    teachers: group ? teachers.map(({ id, name }) => ({ id, name, n: 2 })) : [],
    complete: {
      tabletsNotSeen: 0,
      awaySinceMs: null,
      lateSinceLastView: 0,
      recomputing: false,
      recovering: null,
    },
    changes: [],
    reasons: [],
    uncertified: 0,
    waiting: empty ? 0 : 1,
    hidden: false,
  };
};

// --- Matrix, and frozen figures. ---

const matrix = (frozen: boolean, empty: boolean): Matrix => ({
  halfTerm: last,
  frozenMs: frozen ? day(11, 20) : null,
  elements: elements.map(({ number, title, short }) => ({ number, title, short })),
  levelWords: elements[0]?.levels.map(({ word }) => word) ?? [],
  rows: empty
    ? []
    : departments.map((name, y) => ({
        org: name,
        name,
        mayOpen: !frozen || name === 'Mathematics',
        cells: elements.map((_, x) => {
          if (frozen && (name === 'Music' || name === 'Drama and dance')) return { kind: 'hidden' };
          if ((x * 7 + y * 5) % 17 === 0) return { kind: 'notEnough', teachers: 1, lessons: 1 };
          return {
            kind: 'value',
            tenths: 10 + ((x * 13 + y * 7) % 31),
            teachers: 5 + ((x + y) % 9),
            lessons: 12 + ((x * y) % 14),
          };
        }),
      })),
  complete: frozen ? null : complete,
  changes: frozen ? null : [],
});

const unit = (name: string, shown: boolean): FrozenUnit => ({
  name,
  madeMs: shown ? day(11, 1) : null,
  coverage: shown ? [{ title: 'Department visit, once a half-term', done: 14, eligible: 15 }] : [],
  shareDays: shown ? 2 : null,
  acknowledged: shown ? { k: 31, n: 38 } : null,
  steps: shown ? { k: 12, n: 16 } : null,
  levels: shown
    ? elements.map(({ title }, i) => ({
        element: title,
        tenths: 22 + i,
        teachers: 90,
        lessons: 140,
      }))
    : [],
});

const frozen: FrozenFigures = {
  halfTerm: halfTerms[4] as HalfTerm,
  frozenMs: day(11, 1),
  replacedMs: day(11, 20),
  school: unit('Northgate School', true),
  departments: departments.map((name) =>
    unit(name, name !== 'Music' && name !== 'Drama and dance'),
  ),
};

// --- All of them, by scene. ---

const federation = (halfTerm: HalfTerm, empty: boolean): FederationFigures => ({
  halfTerm,
  earlier: halfTerm.h2 - 1,
  later: halfTerm.h2 + 1,
  schools: empty
    ? []
    : [
        { ...frozen.school, name: 'Northgate School' },
        { ...frozen.school, name: 'Southfield School', shareDays: 4, steps: null },
      ],
  rubrics: empty
    ? []
    : [
        {
          title: 'Nine things worth seeing, 1',
          elements: elements.slice(0, 4).map(({ title }, i) => ({
            title,
            tenths: [24 + i, i === 2 ? null : 27 - i],
          })),
        },
      ],
});

export function scriptedFigures(scene: string): Figures {
  const empty = scene === 'empty';
  const answer = <T>(value: T): Answered<T> =>
    fixed<Loaded<FigureAnswer<T>>>(
      scene === 'trouble'
        ? { kind: 'failed', code: 'offline' }
        : {
            kind: 'ready',
            value: {
              value,
              freshness: scene === 'offline' ? 'offline' : 'current',
              atMs: now,
              lastViewMs: empty ? null : day(11, 23),
            },
          },
    );
  const areas: Areas = {
    open: [
      {
        kind: 'department',
        org: 'mathematics',
        label: 'Mathematics',
        sections: ['coverage', 'trends', 'matrix'],
      },
      {
        kind: 'school',
        org: 'school',
        label: 'Northgate School',
        sections: [
          'coverage',
          'trends',
          'matrix',
          'pack',
          'cycle',
          'management',
          'agreement',
          'help',
          'halfTerm',
          'federation',
        ],
      },
    ],
    ended: scene === 'offline' ? [{ label: 'Music', endedMs: day(11, 20) }] : [],
  };
  const of = (org: string) => (org === 'school' ? 'school' : 'department');
  const coverages = {
    department: answer(coverage(empty ? 'empty' : 'department')),
    school: answer(coverage(empty ? 'empty' : 'school')),
  };
  const groups = {
    department: answer(trends('department', empty)),
    school: answer(trends('school', empty)),
  };
  const teacher = answer(trends('teacher', empty));
  const notAsked = fixed<Loaded<FigureAnswer<TeacherLoad>>>({ kind: 'nothing' });
  // By the letters of the name: some have had what was agreed.
  const known = new Map<string, Answered<TeacherLoad>>();
  const loads = (who: string): Answered<TeacherLoad> => {
    const visits = who.length % 4;
    const load = { visits, ofVisits: 3, minutes: 95, ofMinutes: 180, full: visits >= 3 };
    const found = known.get(who) ?? answer({ load });
    known.set(who, found);
    return found;
  };
  const matrices = {
    department: answer(matrix(true, empty)),
    school: answer(matrix(false, empty)),
  };
  const half = answer(frozen);
  const helps = {
    department: answer(help(last, empty)),
    school: answer(led(last, empty)),
  };
  return {
    areas: fixed<Loaded<Areas>>({ kind: 'ready', value: areas }),
    halfTerms: fixed(halfTerms),
    coverage: (org) => coverages[of(org)],
    load: (who) => (empty ? notAsked : loads(who)),
    trendsOfTeacher: () => teacher,
    trendsOfGroup: (org) => groups[of(org)],
    matrix: (org) => matrices[of(org)],
    frozen: () => half,
    federation: always(answer(federation(last, empty))),
    pack: always(answer(pack(last, empty))),
    cycle: always(answer(cycle(empty))),
    help: (org) => helps[of(org)],
    agreement: always(answer(agreement(empty))),
    management: always(answer(management(empty))),
    aboutMe: answer({
      readers: empty ? 0 : 2,
      readings: empty
        ? []
        : [
            { name: 'Mr Osei', atMs: day(11, 24), act: 'figures', visits: 0 },
            { name: 'Dr Moss', atMs: day(11, 20), act: 'feedback', visits: 1 },
          ],
      more: false,
    }),
    askAgain: () => undefined,
  };
}
