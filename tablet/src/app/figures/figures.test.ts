// What pages of figures make of answers: when something is said, and when not.
import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { FrozenFederationReplySchema, FrozenSchoolReplySchema } from '#proto/aggregate_pb';
import { RecordKind, Role } from '#proto/directory_pb';
import {
  CoverageState,
  type TeacherReply,
  TeacherReplySchema,
  TrendState,
} from '#proto/summary_pb';
import { ChangeReason, ChangesReplySchema, HeatMapReplySchema, HeatState } from '#proto/trend_pb';
import { hex } from '../../model/bytes';
import type { FigureCalls } from '../../transport/calls';
import { areasOf, areasToNote, openAreas } from './areas';
import { coverageOf } from './coverage';
import {
  coverage,
  dayMs,
  deskOf,
  grant,
  id,
  maths,
  nowMs,
  rubric,
  school,
  today,
} from './figures.testing';
import { h2Of, halfTermFor, halfTermsOf, lastOver, lastSix, stepFrom } from './half-terms';
import { federationFigures, frozenMatrix, liveMatrix, tenthsOf } from './matrix';
import { changesQuestion } from './questions';
import { reasonsOf } from './reasons';
import { teacherTrends } from './trends';

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
