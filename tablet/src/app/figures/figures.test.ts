// What pages of figures make of answers: when something is said, when not, and what stays on a tablet
// when somebody leaves or loses a role.
import { create, toBinary } from '@bufbuild/protobuf';
import { base64Encode } from '@bufbuild/protobuf/wire';
import { Code, ConnectError } from '@connectrpc/connect';
import { describe, expect, test } from 'vitest';
import { FrozenFederationReplySchema, FrozenSchoolReplySchema } from '#proto/aggregate_pb';
import {
  OrgKind,
  OrgSchema,
  PersonSchema,
  RecordKind,
  Role,
  RubricVersionSchema,
} from '#proto/directory_pb';
import {
  CoverageReplySchema,
  CoverageState,
  type TeacherReply,
  TeacherReplySchema,
  TrendState,
} from '#proto/summary_pb';
import { ChangeReason, ChangesReplySchema, HeatMapReplySchema, HeatState } from '#proto/trend_pb';
import { hex } from '../../model/bytes';
import { Directory } from '../../model/directory';
import type { FigureCalls } from '../../transport/calls';
import type { Desk } from '../desk';
import { areasOf, areasToNote, openAreas } from './areas';
import { Asking } from './asking';
import { coverageOf } from './coverage';
import { h2Of, halfTermFor, halfTermsOf, lastOver, lastSix, stepFrom } from './half-terms';
import { federationFigures, frozenMatrix, liveMatrix, tenthsOf } from './matrix';
import { changesQuestion, coverageQuestion } from './questions';
import { reasonsOf } from './reasons';
import { teacherTrends } from './trends';

const dayMs = 86_400_000;
const id = (n: number) => Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? n : 0));
const school = id(1);
const maths = id(2);
const music = id(3);
const me = id(9);
const rubric = id(50);
const today = 20_700;
const nowMs = today * dayMs + dayMs / 2;

type Grant = Desk['signed']['grants'][number];

interface FakeDesk extends Desk {
  grants: Grant[];
  readonly local: Map<string, unknown>;
  seq: bigint;
}

// As much of a desk as pages of figures look at.
function deskOf(people = 3): FakeDesk {
  const directory = new Directory();
  const org = (orgId: Uint8Array, kind: OrgKind, name: string, parent: Uint8Array) =>
    directory.orgs.set(hex(orgId), create(OrgSchema, { id: orgId, kind, name, parent }));
  org(school, OrgKind.SCHOOL, 'Northgate School', new Uint8Array(0));
  org(maths, OrgKind.DEPARTMENT, 'Mathematics', school);
  org(music, OrgKind.DEPARTMENT, 'Music', school);
  for (let n = 0; n < people; n += 1) {
    const person = id(100 + n);
    directory.people.set(
      hex(person),
      create(PersonSchema, {
        id: person,
        displayName: `Teacher ${n}`,
        departments: [{ org: maths }],
      }),
    );
  }
  directory.rubrics.set(
    hex(rubric),
    create(RubricVersionSchema, {
      id: rubric,
      title: 'Elements',
      version: 'A',
      elements: [
        { number: 1, title: 'Routines', levels: ['a', 'b', 'c', 'd'] },
        { number: 2, title: 'Purpose', levels: ['a', 'b', 'c', 'd'] },
      ],
    }),
  );
  const halfTerms = [1, 2, 3, 4, 5, 6].map((number) => ({
    number,
    startDay: today - 200 + number * 40,
    endDay: today - 170 + number * 40,
    closedDays: [],
  }));
  directory.calendar = { years: [{ firstYear: 2026, halfTerms }] } as never;
  const local = new Map<string, unknown>();
  const desk = {
    me: hex(me),
    directory,
    grants: [] as Grant[],
    local,
    seq: 1n,
    nowMs: () => nowMs,
    get signed() {
      return { grants: this.grants, durableSeq: 0n, lastContactMs: nowMs };
    },
    departmentsLed: () => [hex(maths)],
    holds: () => false,
    isSenior: false,
    allVisits: () => [],
    store: {
      base: {
        row: {
          get seq() {
            return desk.seq;
          },
        },
      },
      outbox: { row: { token: 'token', person: me } },
      facetsOf: () => [],
      local: (name: string) => local.get(name),
      localNames: (prefix: string) => [...local.keys()].filter((name) => name.startsWith(prefix)),
      setLocal: async (changes: Record<string, unknown>) => {
        for (const [name, value] of Object.entries(changes)) {
          if (value === undefined) local.delete(name);
          else local.set(name, value);
        }
      },
    },
  };
  return desk as unknown as FakeDesk;
}

const grant = (role: Role, org: Uint8Array, toDay = 0): Grant => ({
  ...({} as Grant),
  role,
  org: hex(org),
  fromDay: 1,
  toDay,
});

const coverage = (states: readonly CoverageState[], seq = 1n) =>
  create(CoverageReplySchema, {
    h2: 26 * 8 + 5,
    org: maths,
    watermark: { asOfSeq: seq },
    rules: [
      {
        rule: id(70),
        title: 'Once a half-term',
        department: maths,
        departmentName: 'Mathematics',
        done: states.filter((state) => state === CoverageState.DONE).length,
        eligible: states.length,
        teachers: states.map((state, n) => ({
          teacher: id(100 + n),
          displayName: `Teacher ${n}`,
          state,
          done: state === CoverageState.DONE ? 1 : 0,
        })),
      },
    ],
  });

describe('Areas', () => {
  test('open by live roles, and end with their last day without a network', () => {
    const desk = deskOf();
    desk.grants = [grant(Role.HOD, maths, today), grant(Role.SLT, school)];
    expect(openAreas(desk).map(({ kind, label }) => [kind, label])).toEqual([
      ['department', 'Mathematics'],
      ['school', 'Northgate School'],
    ]);
    desk.grants = [grant(Role.HOD, maths, today - 1)];
    expect(openAreas(desk)).toEqual([]);
  });

  test('say which role has ended, and when', async () => {
    const desk = deskOf();
    desk.grants = [grant(Role.HOD, maths, today + 1)];
    await desk.store.setLocal(areasToNote(desk) ?? {});
    desk.grants = [];
    await desk.store.setLocal(areasToNote(desk) ?? {});
    expect(areasToNote(desk)).toBeNull();
    expect(areasOf(desk, nowMs).ended).toEqual([{ label: 'Mathematics', endedMs: nowMs }]);
    expect(areasOf(desk, nowMs + 15 * dayMs).ended).toEqual([]);
  });

  test.each([Role.GOVERNOR, Role.EXEC])(
    'of role %i without a directory offer the page of a school and that of several',
    (role) => {
      const desk = deskOf();
      desk.directory.orgs.clear();
      desk.grants = [grant(role, school)];
      expect(openAreas(desk)).toEqual([
        { kind: 'overview', org: hex(school), label: '', sections: ['halfTerm', 'federation'] },
      ]);
      desk.grants = [grant(Role.EXTERNAL, school)];
      expect(openAreas(desk)).toEqual([
        { kind: 'overview', org: hex(school), label: '', sections: ['halfTerm'] },
      ]);
    },
  );
});

describe('Half-terms', () => {
  test('are six, the last the one of today, and the first before the year', () => {
    const all = halfTermsOf(deskOf().directory);
    const now = halfTermFor(all, 0, nowMs);
    expect(now?.number).toBe(5);
    expect(now && lastSix(all, now).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(halfTermFor(all, 0, 0)?.number).toBe(1);
    expect(halfTermFor(all, 4711, nowMs)).toBeNull();
  });
});

describe('Coverage', () => {
  test.each([3, 118])(
    'of a school with %i teachers lists each once, as the server orders them',
    (n) => {
      const states = Array.from({ length: n }, (_, i) => ((i % 4) + 2) as CoverageState);
      const page = coverageOf(deskOf(n), hex(maths), coverage(states), null, null);
      expect(page?.rules[0]?.teachers.map(({ name }) => name)).toEqual(
        states.map((_, i) => `Teacher ${i}`),
      );
      expect(page?.rules[0]?.eligible).toBe(n);
      expect(page?.changes).toEqual([]);
    },
  );

  test('names who moved since the last view, and nobody who did not', () => {
    const before = coverage([CoverageState.DUE, CoverageState.DUE]);
    const now = coverage([CoverageState.DONE, CoverageState.DUE]);
    const page = coverageOf(deskOf(), hex(maths), now, before, null);
    expect(page?.changes).toMatchObject([{ teacher: 'Teacher 0', from: 'due', to: 'done' }]);
  });
});

describe('The matrix', () => {
  test('shows no number where the server shows none, whatever it sent beside it', () => {
    const reply = create(HeatMapReplySchema, {
      h2: 26 * 8 + 5,
      rubricVersion: rubric,
      columns: [
        { element: 1, title: 'Routines', levels: 4 },
        { element: 2, title: 'Purpose', levels: 4 },
      ],
      rows: [
        {
          department: maths,
          name: 'Mathematics',
          cells: [
            {
              element: 1,
              state: HeatState.SHOWN,
              meanOfMeansMillionths: 2_450_000n,
              teachers: 6,
              lessons: 12,
            },
            {
              element: 2,
              state: HeatState.NOT_ENOUGH,
              meanOfMeansMillionths: 3_000_000n,
              teachers: 4,
              lessons: 4,
            },
          ],
        },
      ],
    });
    const page = liveMatrix(deskOf(), reply, null);
    expect(page.rows[0]?.cells).toEqual([
      { kind: 'value', tenths: 25, teachers: 6, lessons: 12 },
      { kind: 'notEnough', teachers: 4, lessons: 4 },
    ]);
  });

  test('hides a frozen figure that is shown no more', () => {
    const frozen = (elements: readonly number[]) =>
      create(FrozenSchoolReplySchema, {
        h2: 26 * 8 + 4,
        frozenMs: BigInt(nowMs),
        school: { org: school },
        departments: [
          {
            org: maths,
            name: 'Mathematics',
            levels: elements.map((element) => ({
              rubricVersion: rubric,
              element,
              teachers: 5,
              lessons: 10n,
              meanTenths: 23,
            })),
          },
        ],
      });
    const kinds = (elements: readonly number[]) =>
      frozenMatrix(deskOf(), frozen(elements)).rows[0]?.cells.map(({ kind }) => kind);
    expect(kinds([1, 2])).toEqual(['value', 'value']);
    expect(kinds([1])).toEqual(['value', 'hidden']);
  });

  test('rounds half up, as the server does', () => {
    expect([2_449_999n, 2_450_000n, 2_500_000n].map(tenthsOf)).toEqual([24, 25, 25]);
  });
});

describe('A teacher’s trend', () => {
  const reply = (part: object): TeacherReply =>
    create(TeacherReplySchema, {
      visits: 1,
      watermark: { asOfSeq: 5n, rubricVersion: rubric },
      ...part,
    });
  const known = (replies: readonly TeacherReply[]) => {
    const all = halfTermsOf(deskOf().directory);
    return replies.map((one, i) => ({ halfTerm: all[i] as never, reply: one, before: null }));
  };
  const figures = (n: number, trend: object) => ({
    element: 1,
    n: BigInt(n),
    sum: BigInt(2 * n),
    lowerMedian: 2,
    trend,
  });
  const statement = (replies: readonly TeacherReply[]) =>
    teacherTrends(deskOf(), hex(id(100)), known(replies))?.elements[0]?.statement;

  test('is the server’s word, with its size', () => {
    const trend = {
      state: TrendState.FALLING,
      nNow: 2n,
      nBefore: 2n,
      observers: 2,
      differenceMillionths: -650_000n,
    };
    expect(statement([reply({}), reply({ elements: [figures(2, trend)] })])).toEqual({
      kind: 'lower',
      tenths: 7,
    });
  });

  test('that may not be said gives exactly one reason', () => {
    const none = { state: TrendState.NOT_ENOUGH_YET, nNow: 1n, nBefore: 2n, observers: 1 };
    expect(statement([reply({}), reply({ elements: [figures(1, none)] })])).toEqual({
      kind: 'notYet',
      why: { kind: 'sides', before: 2, now: 1, needed: 2 },
    });
    const one = { ...none, nNow: 2n };
    expect(statement([reply({}), reply({ elements: [figures(2, one)] })])).toEqual({
      kind: 'notYet',
      why: { kind: 'observers', n: 1, needed: 2 },
    });
    expect(statement([reply({}), reply({})])).toEqual({ kind: 'notYet', why: { kind: 'notSeen' } });
  });

  test('starts again where the rubric changed, and says when', () => {
    const other = { watermark: { asOfSeq: 5n, rubricVersion: id(51) }, visits: 1 };
    const trend = { state: TrendState.NOT_ENOUGH_YET, nNow: 2n, nBefore: 0n, observers: 2 };
    const page = teacherTrends(
      deskOf(),
      hex(id(100)),
      known([reply(other), reply({ elements: [figures(2, trend)] })]),
    );
    expect(page?.rubricChanges).toEqual([1]);
    expect(page?.elements[0]?.statement).toMatchObject({ kind: 'notYet', why: { kind: 'rubric' } });
  });
});

describe('Answers', () => {
  const question = coverageQuestion(hex(maths), hex(maths), 213, false);
  const calls = (answer: () => Promise<unknown>): FigureCalls =>
    ({ summaries: { coverage: answer } }) as unknown as FigureCalls;
  const settled = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  const refused = (code: Code) => new ConnectError('no', code);
  // answer() gives what answers the last question, whenever the test likes.
  const answeredLater = (desk: () => Desk | null) => {
    let resolveLast: (reply: unknown) => void = () => undefined;
    const asking = new Asking(
      desk,
      calls(
        () =>
          new Promise((resolve) => {
            resolveLast = resolve;
          }),
      ),
      () => nowMs,
    );
    return { asking, answer: () => resolveLast };
  };

  test('are kept for the time without a network, and say that they are old', async () => {
    const desk = deskOf();
    let offline = false;
    const asking = new Asking(
      () => desk,
      calls(async () => {
        if (offline) throw refused(Code.Unavailable);
        return coverage([CoverageState.DONE]);
      }),
      () => nowMs,
    );
    asking.look();
    const end = asking.watch(question);
    await settled();
    expect(asking.known(question)).toMatchObject({ freshness: 'current', atMs: nowMs });
    end();

    offline = true;
    const later = new Asking(
      () => desk,
      calls(async () => {
        throw refused(Code.Unavailable);
      }),
      () => nowMs + dayMs,
    );
    later.look();
    const over = later.watch(question);
    await settled();
    const known = later.known(question);
    expect(known.freshness).toBe('offline');
    expect(known.atMs).toBe(nowMs);
    expect(known.reply?.rules[0]?.done).toBe(1);
    over();
    later.look();
  });

  test('that nobody watches are not asked for', async () => {
    const desk = deskOf();
    let asked = 0;
    const asking = new Asking(
      () => desk,
      calls(async () => {
        asked += 1;
        return coverage([]);
      }),
      () => nowMs,
    );
    asking.look();
    asking.known(question);
    desk.seq = 2n;
    asking.look();
    await settled();
    expect(asked).toBe(0);
  });

  test('are asked for again when something new has come, and compare with what was seen before', async () => {
    const desk = deskOf();
    const seen: bigint[] = [];
    let seq = 10n;
    const asking = new Asking(
      () => desk,
      {
        summaries: {
          coverage: async (request: { lastViewSeq: bigint }) => {
            seen.push(request.lastViewSeq);
            return coverage([CoverageState.DUE], seq);
          },
        },
      } as unknown as FigureCalls,
      () => nowMs,
    );
    asking.look();
    asking.watch(question);
    await settled();
    seq = 20n;
    desk.seq = 2n;
    asking.look();
    await settled();
    expect(seen).toEqual([0n, 10n]);
    expect(asking.known(question).before?.watermark?.asOfSeq).toBe(10n);
  });

  test('go when the server says that they are not this person’s', async () => {
    const desk = deskOf();
    let gone = false;
    const asking = new Asking(
      () => desk,
      calls(async () => {
        if (gone) throw refused(Code.NotFound);
        return coverage([CoverageState.DONE]);
      }),
      () => nowMs,
    );
    asking.look();
    asking.watch(question);
    await settled();
    expect([...desk.local.keys()]).toEqual([`answer/${question.key}`]);
    gone = true;
    asking.askAgain();
    await settled();
    expect(asking.known(question)).toMatchObject({ reply: null, before: null, isGone: true });
    expect([...desk.local.keys()]).toEqual([]);
  });

  test('of an area that no role opens any more leave the tablet', async () => {
    const desk = deskOf();
    const asking = new Asking(
      () => desk,
      calls(async () => coverage([CoverageState.DONE])),
      () => nowMs,
    );
    asking.look();
    asking.watch(question);
    await settled();
    await asking.forgetBut(new Set(['me']));
    expect([...desk.local.keys()]).toEqual([]);
    expect(asking.known(question).reply).toBeNull();
  });

  test('of one person are not there for the next, nor one that comes after they have left', async () => {
    const first = deskOf();
    const second = deskOf();
    let desk: Desk | null = first;
    const { asking, answer } = answeredLater(() => desk);
    asking.look();
    asking.watch(question);
    await settled();
    const late = answer();
    desk = null;
    asking.look();
    desk = second;
    asking.look();
    late(coverage([CoverageState.DONE]));
    await settled();
    expect(asking.known(question).reply).toBeNull();
    expect([...first.local.keys(), ...second.local.keys()]).toEqual([]);
  });

  test('are asked for again after the screen was locked, and by nobody once the page is left', async () => {
    const first = deskOf();
    let desk: Desk | null = first;
    let asked = 0;
    const asking = new Asking(
      () => desk,
      calls(async () => {
        asked += 1;
        return coverage([CoverageState.DONE]);
      }),
      () => nowMs,
    );
    asking.look();
    const end = asking.watch(question);
    await settled();
    desk = null;
    asking.look();
    expect(asking.known(question).reply).toBeNull();
    desk = first;
    asking.look();
    expect(asking.known(question).reply?.rules[0]?.done).toBe(1);
    await settled();
    expect(asked).toBe(2);
    end();
    first.seq = 5n;
    asking.look();
    asking.askAgain();
    await settled();
    expect(asked).toBe(2);
  });

  test('that come after their role has ended are not kept', async () => {
    const desk = deskOf();
    const { asking, answer } = answeredLater(() => desk);
    asking.look();
    asking.watch(question);
    await settled();
    await asking.forgetBut(new Set(['me']));
    answer()(coverage([CoverageState.DONE]));
    await settled();
    expect(asking.known(question).reply).toBeNull();
    expect([...desk.local.keys()]).toEqual([]);
  });

  test('that another version of the app kept are asked for again', () => {
    const desk = deskOf();
    desk.local.set(`answer/${question.key}`, {
      area: hex(maths),
      atMs: 1,
      reply: '/////w',
      before: '',
      beforeMs: 0,
    });
    const asking = new Asking(
      () => desk,
      calls(async () => coverage([])),
      () => nowMs,
    );
    asking.look();
    expect(asking.known(question).reply).toBeNull();
  });

  test('that are kept are at most sixty', async () => {
    const desk = deskOf();
    for (let n = 0; n < 80; n += 1) {
      const reply = base64Encode(toBinary(CoverageReplySchema, coverage([])));
      desk.local.set(`answer/old${n}`, {
        area: hex(maths),
        atMs: n,
        reply,
        before: '',
        beforeMs: 0,
      });
    }
    const asking = new Asking(
      () => desk,
      calls(async () => coverage([])),
      () => nowMs,
    );
    asking.look();
    asking.watch(question);
    await settled();
    const names = [...desk.local.keys()];
    expect(names).toHaveLength(60);
    expect(names).toContain('answer/old79');
    expect(names).not.toContain('answer/old20');
  });
});

describe('Schools side by side', () => {
  test('have levels beside each other within one rubric version only, and gaps where one is left out', () => {
    const other = id(51);
    const desk = deskOf();
    const shown = federationFigures(
      desk,
      create(FrozenFederationReplySchema, {
        h2: h2Of(2026, 2),
        schools: [
          {
            name: 'Northgate',
            levels: [
              { rubricVersion: rubric, element: 1, meanTenths: 24 },
              { rubricVersion: other, element: 1, meanTenths: 50 },
            ],
          },
          { name: 'Southfield', levels: [{ rubricVersion: rubric, element: 2, meanTenths: 31 }] },
        ],
      }),
    );
    expect(shown.rubrics).toEqual([
      {
        title: 'Elements, A',
        elements: [
          { title: 'Routines', tenths: [24, null] },
          { title: 'Purpose', tenths: [null, 31] },
        ],
      },
    ]);
    expect([shown.earlier, shown.later]).toEqual([h2Of(2026, 1), h2Of(2026, 3)]);
  });

  test('have the server’s words for whoever holds no rubric', () => {
    const desk = deskOf();
    desk.directory.rubrics.clear();
    const levels = { rubricVersion: rubric, element: 1, meanTenths: 24 };
    const shown = (words: object) =>
      federationFigures(
        desk,
        create(FrozenFederationReplySchema, {
          h2: h2Of(2026, 2),
          schools: [{ name: 'Northgate', levels: [{ ...levels, ...words }] }],
        }),
      ).rubrics;
    expect(shown({ elementTitle: 'Routines', rubricTitle: 'Elements, A' })).toEqual([
      { title: 'Elements, A', elements: [{ title: 'Routines', tenths: [24] }] },
    ]);
    expect(shown({})).toEqual([]);
  });

  test('are of the last half-term that is over; without a calendar the server says which', () => {
    expect(lastOver([], nowMs)).toBe(0);
    expect(stepFrom(h2Of(2026, 6), 1)).toBe(h2Of(2027, 1));
    expect(stepFrom(h2Of(2026, 1), -1)).toBe(h2Of(2025, 6));
    const { directory } = deskOf();
    expect(lastOver(halfTermsOf(directory), nowMs)).toBe(
      halfTermsOf(directory).findLast(({ toMs }) => toMs + dayMs <= nowMs)?.h2,
    );
  });
});

describe('Why a figure changed', () => {
  const change = (reason: ChangeReason, rest: object = {}) =>
    create(ChangesReplySchema, {
      changes: [
        {
          reason,
          displayName: 'Ms Kaur',
          lessonStartMs: 7n,
          arrivedMs: 9n,
          reference: RecordKind.COVERAGE_RULE,
          title: 'Half-termly visit',
          ...rest,
        },
      ],
    });

  test('is told of a visit that left, and of a rule', () => {
    const teacher = 'Ms Kaur';
    expect(reasonsOf(change(ChangeReason.MOVED_AWAY))).toEqual([
      { kind: 'movedAway', teacher, lessonMs: 7, atMs: 9 },
    ]);
    expect(reasonsOf(change(ChangeReason.MERGED_AWAY))).toEqual([
      { kind: 'mergedAway', teacher, lessonMs: 7, atMs: 9 },
    ]);
    expect(reasonsOf(change(ChangeReason.WITHDRAWN))).toEqual([
      { kind: 'withdrawn', teacher, lessonMs: 7, atMs: 9 },
    ]);
    expect(reasonsOf(change(ChangeReason.RULES))).toEqual([
      { kind: 'rules', rule: 'coverageRule', name: 'Half-termly visit', atMs: 9 },
    ]);
    expect(
      reasonsOf(change(ChangeReason.RULES, { reference: RecordKind.PERSON, title: '' })),
    ).toEqual([{ kind: 'rules', rule: 'person', name: teacher, atMs: 9 }]);
  });

  test('is left to the page’s own rows for what came, and says nothing that it does not know', () => {
    expect(reasonsOf(change(ChangeReason.CHANGED))).toEqual([]);
    expect(reasonsOf(change(ChangeReason.CAME_LATE))).toEqual([]);
    expect(reasonsOf(change(99 as ChangeReason))).toEqual([]);
    expect(reasonsOf(change(ChangeReason.RULES, { reference: RecordKind.ORG }))).toEqual([]);
    expect(reasonsOf(null)).toEqual([]);
  });

  test('is asked for since the last view; the first time there is nothing to compare with', async () => {
    const asked: bigint[] = [];
    const calls = {
      practice: {
        changes: async ({ sinceSeq }: { sinceSeq: bigint }) => {
          asked.push(sinceSeq);
          return create(ChangesReplySchema, { watermark: { asOfSeq: 12n } });
        },
      },
    } as unknown as FigureCalls;
    const question = changesQuestion('a', { org: hex(maths) }, 209);
    const options = { headers: {}, signal: new AbortController().signal };
    const reply = await question.ask(calls, options, 0n);
    expect(question.seq(reply)).toBe(12n);
    await question.ask(calls, options, 12n);
    expect(asked[0]).toBeGreaterThan(1n << 48n);
    expect(asked[1]).toBe(12n);
  });
});
