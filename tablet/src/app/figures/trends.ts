// How it goes, element by element, over six half-terms: a teacher's middle levels with the lessons
// behind them, or a group's means of means. What may be said of a teacher's direction is the server's
// word (TrendState); here it only gets its reason.
import {
  type DepartmentReply,
  type ElementFigures,
  type GroupElementFigures,
  type Lesson,
  type SchoolReply,
  type TeacherReply,
  TrendState,
  type Watermark,
} from '#proto/summary_pb';
import { hex } from '../../model/bytes';
import type {
  Completeness,
  ElementTrend,
  HalfTerm,
  Mark,
  NotYet,
  Point,
  Reason,
  Statement,
  TrendChange,
  Trends,
} from '../contract';
import type { Desk } from '../desk';
import { completenessOf } from './coverage';
import { levelWordsOf, tenthsOf } from './matrix';

// Of one half-term: what is known now, and what was known at the last view.
export interface Known<Reply> {
  readonly halfTerm: HalfTerm;
  readonly reply: Reply | null;
  readonly before: Reply | null;
}

// As the policy has it where the school sets nothing.
const usualSides = 2;
const usualObservers = 2;
const noBytes = new Uint8Array(0);

const rubricIn = (reply: { watermark?: Watermark | undefined } | null) =>
  hex(reply?.watermark?.rubricVersion ?? noBytes);

// Every figure's watermark, taken together.
function together(replies: readonly { watermark?: Watermark | undefined }[]): Completeness {
  const each = replies.map(({ watermark }) => completenessOf(watermark));
  const away = each.flatMap(({ awaySinceMs }) => (awaySinceMs === null ? [] : [awaySinceMs]));
  return {
    tabletsNotSeen: Math.max(0, ...each.map(({ tabletsNotSeen }) => tabletsNotSeen)),
    awaySinceMs: away.length === 0 ? null : Math.min(...away),
    lateSinceLastView: each.reduce((sum, one) => sum + one.lateSinceLastView, 0),
    recomputing: each.some(({ recomputing }) => recomputing),
    recovering: each.find(({ recovering }) => recovering !== null)?.recovering ?? null,
  };
}

// Where the rubric changed from one half-term with lessons to the next.
function rubricChanges(
  known: readonly { reply: TeacherReply | DepartmentReply | SchoolReply | null }[],
) {
  const changes: number[] = [];
  let last = '';
  known.forEach(({ reply }, i) => {
    if (reply === null || reply.visits === 0) return;
    const rubric = rubricIn(reply);
    if (last !== '' && rubric !== '' && rubric !== last) changes.push(i);
    if (rubric !== '') last = rubric;
  });
  return changes;
}

// --- A teacher. ---

export function teacherTrends(
  desk: Desk,
  teacher: string,
  known: readonly Known<TeacherReply>[],
  reasons: readonly Reason[] = [],
): Trends | null {
  const replies = known.flatMap(({ reply }) => (reply === null ? [] : [reply]));
  const newest = replies.at(-1);
  if (newest === undefined) return null;
  const latest = replies.findLast(({ visits }) => visits > 0) ?? newest;
  const rubric = desk.directory.rubrics.get(rubricIn(latest)) ?? firstRubric(desk);
  const lessons = replies.flatMap((reply) => reply.lessons);
  const people = observersOf(desk, lessons);
  const words = levelWordsOf(rubric);
  const changes = rubricChanges(known);
  const elements = (rubric?.elements ?? []).map(({ number, title, levels }): ElementTrend => {
    const points = known.map(({ reply }) => teacherPoint(desk, number, reply, people.indexOf));
    const last = newest.elements.find(({ element }) => element === number);
    const seenBy = new Set(points.flatMap(({ marks }) => marks.map(({ observer }) => observer)));
    return {
      element: number,
      title,
      levels: levels.length,
      levelWords: words,
      points,
      n: points.reduce((sum, point) => sum + point.n, 0),
      observers: seenBy.has(null)
        ? Math.max(last?.trend?.observers ?? 0, seenBy.size - 1)
        : seenBy.size,
      statement: statementOf(desk, points, last, changes, known),
    };
  });
  return {
    of: newest.asShared ? 'me' : 'teacher',
    name: newest.displayName || desk.directory.nameOf(teacher),
    halfTerms: known.map(({ halfTerm }) => halfTerm),
    rubricChanges: changes,
    rubric: rubric === undefined ? '' : `${rubric.title}, ${rubric.version}`,
    elements,
    observers: people.list,
    lessons: lessons.length,
    teachers: [],
    complete: together(replies),
    changes: known.flatMap((one) => lessonChanges(desk, one)),
    reasons,
    uncertified: lessons.filter((lesson) => lesson.uncertified).length,
    waiting: lessons.filter(({ unresolved, queried }) => unresolved.length + queried.length > 0)
      .length,
    hidden: false,
  };
}

const firstRubric = (desk: Desk) => [...desk.directory.rubrics.values()][0];

// Who wrote the lessons that this tablet holds: only those who may open a lesson learn whose it is.
function observersOf(desk: Desk, lessons: readonly Lesson[]) {
  const first = new Map<string, number>();
  for (const lesson of lessons) {
    const observer = leadOf(desk, hex(lesson.visit));
    if (observer === '') continue;
    const at = Number(lesson.lessonStartMs);
    first.set(observer, Math.min(first.get(observer) ?? at, at));
  }
  const inOrder = [...first].sort(([, a], [, b]) => a - b);
  const ids = inOrder.map(([id]) => id);
  return {
    list: inOrder.map(([id, firstMs]) => ({ name: desk.directory.nameOf(id), firstMs })),
    indexOf: (visit: string) => {
      const at = ids.indexOf(leadOf(desk, visit));
      return at < 0 ? null : at;
    },
  };
}

function leadOf(desk: Desk, visit: string): string {
  return desk.store.facetsOf(visit).length === 0 ? '' : desk.visit(visit).lead;
}

function teacherPoint(
  desk: Desk,
  element: number,
  reply: TeacherReply | null,
  observerOf: (visit: string) => number | null,
): Point {
  const figures = reply?.elements.find((one) => one.element === element);
  const marks: Mark[] = [];
  for (const lesson of reply?.lessons ?? []) {
    const level = lesson.levels.find((one) => one.element === element)?.level;
    if (level === undefined) continue;
    const visitId = hex(lesson.visit);
    marks.push({
      visitId,
      level,
      lessonMs: Number(lesson.lessonStartMs),
      observer: observerOf(visitId),
      mayOpen: desk.store.facetsOf(visitId).length > 0,
    });
  }
  return {
    n: Number(figures?.n ?? 0n),
    value: figures === undefined || figures.lowerMedian === 0 ? null : figures.lowerMedian,
    teachers: 0,
    observers: new Set(marks.map(({ observer }) => observer)).size,
    unresolved: Number(figures?.unresolved ?? 0n),
    marks: marks.sort((a, b) => a.lessonMs - b.lessonMs),
  };
}

function statementOf(
  desk: Desk,
  points: readonly Point[],
  last: ElementFigures | undefined,
  changes: readonly number[],
  known: readonly Known<TeacherReply>[],
): Statement {
  const trend = last?.trend;
  const tenths = tenthsOf(
    trend === undefined
      ? 0n
      : trend.differenceMillionths < 0n
        ? -trend.differenceMillionths
        : trend.differenceMillionths,
  );
  switch (trend?.state) {
    case TrendState.STEADY:
      return { kind: 'steady' };
    case TrendState.RISING:
      return { kind: 'higher', tenths };
    case TrendState.FALLING:
      return { kind: 'lower', tenths };
    default:
      return { kind: 'notYet', why: reasonOf(desk, points, last, changes, known) };
  }
}

// Exactly one reason: the first that stands in the way.
function reasonOf(
  desk: Desk,
  points: readonly Point[],
  last: ElementFigures | undefined,
  changes: readonly number[],
  known: readonly Known<TeacherReply>[],
): NotYet {
  const { policy } = desk.directory;
  const unresolved = points.reduce((sum, point) => sum + point.unresolved, 0);
  if (points.every(({ n }) => n === 0)) {
    return unresolved > 0 ? { kind: 'answers', n: unresolved } : { kind: 'notSeen' };
  }
  const changed = changes.findLast((i) => i >= points.length - 4);
  const halfTerm = changed === undefined ? undefined : known[changed]?.halfTerm;
  if (halfTerm !== undefined) return { kind: 'rubric', ms: halfTerm.fromMs };
  const sum = (some: readonly Point[]) => some.reduce((n, point) => n + point.n, 0);
  const now = last?.trend ? Number(last.trend.nNow) : sum(points.slice(-2));
  const before = last?.trend ? Number(last.trend.nBefore) : sum(points.slice(-4, -2));
  const needed = policy?.trendMinEachSide ?? usualSides;
  if (now < needed || before < needed) return { kind: 'sides', before, now, needed };
  return {
    kind: 'observers',
    n: last?.trend?.observers ?? 1,
    needed: policy?.trendMinObservers ?? usualObservers,
  };
}

// Lessons behind the figures that are new, or that changed, since the last view.
function lessonChanges(desk: Desk, { reply, before }: Known<TeacherReply>): TrendChange[] {
  const since = before?.watermark?.asOfSeq;
  if (reply === null || since === undefined) return [];
  return reply.lessons
    .filter(({ changedSeq }) => changedSeq > since)
    .map((lesson) => ({
      kind: 'lesson',
      visitId: hex(lesson.visit),
      lessonMs: Number(lesson.lessonStartMs),
      classCode:
        desk.store.facetsOf(hex(lesson.visit)).length === 0
          ? ''
          : (desk.visit(hex(lesson.visit)).plan.classCode ?? ''),
      element: '',
      fromN: 0,
      toN: 0,
      fromTenths: null,
      toTenths: null,
    }));
}

// --- A department or a school. ---

type GroupReply = DepartmentReply | SchoolReply;

export function groupTrends(
  desk: Desk,
  of: 'department' | 'school',
  known: readonly Known<GroupReply>[],
  reasons: readonly Reason[] = [],
): Trends | null {
  const replies = known.flatMap(({ reply }) => (reply === null ? [] : [reply]));
  const newest = replies.at(-1);
  if (newest === undefined) return null;
  const latest = replies.findLast(({ visits }) => visits > 0) ?? newest;
  const rubric = desk.directory.rubrics.get(rubricIn(latest)) ?? firstRubric(desk);
  const changes = rubricChanges(known);
  const words = levelWordsOf(rubric);
  const elements = (rubric?.elements ?? []).map(({ number, title, levels }): ElementTrend => {
    const points = known.map(({ reply }) => groupPoint(number, reply));
    return {
      element: number,
      title,
      levels: levels.length,
      levelWords: words,
      points,
      n: points.reduce((sum, point) => sum + point.n, 0),
      observers: Math.max(0, ...points.map(({ observers }) => observers)),
      statement: { kind: 'steady' },
    };
  });
  return {
    of,
    name: newest.name,
    halfTerms: known.map(({ halfTerm }) => halfTerm),
    rubricChanges: changes,
    rubric: rubric === undefined ? '' : `${rubric.title}, ${rubric.version}`,
    elements,
    observers: [],
    lessons: replies.reduce((sum, { visits }) => sum + visits, 0),
    teachers: teachersOf(replies),
    complete: together(replies),
    changes: groupChanges(desk, known),
    reasons,
    uncertified: 0,
    waiting: 0,
    hidden: false,
  };
}

function groupPoint(element: number, reply: GroupReply | null): Point {
  const figures = reply?.elements.find((one) => one.element === element);
  return {
    n: Number(figures?.n ?? 0n),
    value:
      figures === undefined || figures.teachers === 0n
        ? null
        : tenthsOf(figures.meanOfMeansMillionths),
    teachers: Number(figures?.teachers ?? 0n),
    observers: figures === undefined ? 0 : (reply?.observers ?? 0),
    unresolved: Number(figures?.unresolved ?? 0n),
    marks: [],
  };
}

// A to Z, with how many lessons each: never by level.
function teachersOf(replies: readonly GroupReply[]): Trends['teachers'] {
  const teachers = new Map<string, { name: string; n: number }>();
  for (const reply of replies) {
    if (!('teachers' in reply)) continue;
    for (const row of reply.teachers) {
      const id = hex(row.teacher);
      const n = Math.max(0, ...row.elements.map((figures) => Number(figures.n)));
      teachers.set(id, { name: row.displayName, n: (teachers.get(id)?.n ?? 0) + n });
    }
  }
  return [...teachers]
    .map(([id, { name, n }]) => ({ id, name, n }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en-GB'));
}

function groupChanges(desk: Desk, known: readonly Known<GroupReply>[]): TrendChange[] {
  const changes: TrendChange[] = [];
  for (const { reply, before } of known) {
    if (reply === null || before === null) continue;
    const rubric = desk.directory.rubrics.get(rubricIn(reply));
    for (const { number, title } of rubric?.elements ?? []) {
      const find = (of: GroupReply): GroupElementFigures | undefined =>
        of.elements.find(({ element }) => element === number);
      const was = groupPoint(number, find(before) === undefined ? null : before);
      const is = groupPoint(number, find(reply) === undefined ? null : reply);
      if (was.n === is.n && was.value === is.value) continue;
      changes.push({
        kind: 'figure',
        visitId: '',
        lessonMs: 0,
        classCode: '',
        element: title,
        fromN: was.n,
        toN: is.n,
        fromTenths: was.value,
        toTenths: is.value,
      });
    }
  }
  return changes;
}
