// Coverage, as the server counts it, with what this tablet knows beside it: the next visit that is
// planned, and the load that the staff agreed.
import type { LoadReply } from '#proto/load_pb';
import {
  type CoverageReply,
  CoverageState,
  type RuleCoverage,
  type TeacherCoverage,
  type Watermark,
} from '#proto/summary_pb';
import { hex } from '../../model/bytes';
import type {
  Completeness,
  Coverage,
  CoverChange,
  CoverState,
  HalfTerm,
  Reason,
  RuleCover,
  TeacherCover,
} from '../contract';
import type { Desk } from '../desk';
import { kindsFor } from '../lists';
import { halfTermsOf, schoolDaysLeft } from './half-terms';
import { loadIn } from './load';

const dayMs = 86_400_000;
const mostComing = 5;

const states: Readonly<Partial<Record<CoverageState, CoverState>>> = {
  [CoverageState.EXEMPT]: 'exempt',
  [CoverageState.DONE]: 'done',
  [CoverageState.BOOKED]: 'booked',
  [CoverageState.DUE]: 'due',
  [CoverageState.OVERDUE]: 'overdue',
};
export const stateOf = (state: CoverageState): CoverState => states[state] ?? 'due';

export function completenessOf(watermark: Watermark | undefined): Completeness {
  const awaySince = Number(watermark?.oldestUnsentMs ?? 0);
  const isRecovering = (watermark?.recoveringSinceMs ?? 0n) !== 0n;
  return {
    tabletsNotSeen: watermark?.tabletsNotSeen ?? 0,
    awaySinceMs: awaySince === 0 ? null : awaySince,
    lateSinceLastView: watermark?.lateSinceLastView ?? 0,
    recomputing: (watermark?.recomputingSinceMs ?? 0n) !== 0n,
    recovering: isRecovering
      ? { seen: watermark?.tabletsRecovered ?? 0, of: watermark?.tabletsToRecover ?? 0 }
      : null,
  };
}

interface Planned {
  readonly visitId: string;
  readonly teacher: string;
  readonly classCode: string;
  readonly lessonMs: number;
  readonly period: number | null;
  readonly department: string;
}

// Visits that are planned from today on, soonest first.
function plannedVisits(desk: Desk): Planned[] {
  const now = desk.nowMs();
  const startOfDay = now - (now % dayMs);
  const planned: Planned[] = [];
  for (const visit of desk.allVisits()) {
    if (visit.teacher === '' || desk.phaseName(visit) !== 'planned') continue;
    const lessonMs = Number(visit.plan.lessonStartMs ?? 0);
    if (lessonMs < startOfDay) continue;
    planned.push({
      visitId: visit.id,
      teacher: visit.teacher,
      classCode: visit.plan.classCode ?? '',
      lessonMs,
      period: visit.plan.period ?? null,
      department: visit.department(desk.directory),
    });
  }
  return planned.sort((a, b) => a.lessonMs - b.lessonMs);
}

export function coverageOf(
  desk: Desk,
  org: string,
  reply: CoverageReply,
  before: CoverageReply | null,
  loads: LoadReply | null,
  reasons: readonly Reason[] = [],
): Coverage | null {
  const halfTerm = halfTermsOf(desk.directory).find(({ h2 }) => h2 === reply.h2);
  if (halfTerm === undefined) return null;
  const now = desk.nowMs();
  const planned = plannedVisits(desk);
  const departments = new Set(reply.rules.map((rule) => hex(rule.department)));
  departments.add(org);
  return {
    halfTerm,
    when: now < halfTerm.fromMs ? 'before' : now < halfTerm.toMs + dayMs ? 'running' : 'over',
    schoolDaysLeft: schoolDaysLeft(desk.directory, halfTerm, now),
    rules: reply.rules.map((rule) => ruleOf(desk, rule, { planned, halfTerm, loads })),
    complete: completenessOf(reply.watermark),
    changes: before?.h2 === reply.h2 ? changesOf(before, reply) : [],
    reasons,
    comingUp: planned
      .filter(({ department }) => departments.has(department))
      .slice(0, mostComing)
      .map(({ department: _, ...visit }) => ({
        ...visit,
        teacher: desk.directory.nameOf(visit.teacher),
      })),
  };
}

// What a row shows of a teacher beside the state.
interface Beside {
  readonly planned: readonly Planned[];
  readonly halfTerm: HalfTerm;
  // Null: not answered yet.
  readonly loads: LoadReply | null;
}

function ruleOf(desk: Desk, rule: RuleCoverage, beside: Beside): RuleCover {
  return {
    rule: hex(rule.rule),
    title: rule.title,
    department: hex(rule.department),
    departmentName: rule.departmentName,
    done: rule.done,
    eligible: rule.eligible,
    booked: rule.booked,
    due: rule.due,
    overdue: rule.overdue,
    exempt: rule.exempt,
    bookSoon: rule.atRisk,
    recordedLate: rule.recordedLate,
    notShared: rule.doneNotShared,
    fromMs: rule.fromDay * dayMs,
    toMs: rule.toDay * dayMs,
    teachers: rule.teachers.map((teacher) => teacherOf(desk, teacher, beside)),
  };
}

function teacherOf(
  desk: Desk,
  teacher: TeacherCoverage,
  { planned, halfTerm, loads }: Beside,
): TeacherCover {
  const id = hex(teacher.teacher);
  const next = planned.find(
    (visit) => visit.teacher === id && visit.lessonMs < halfTerm.toMs + dayMs,
  );
  return {
    id,
    name: teacher.displayName,
    isMe: id === desk.me,
    state: stateOf(teacher.state),
    bookSoon: teacher.atRisk,
    doneMs: teacher.lastDoneMs === 0n ? null : Number(teacher.lastDoneMs),
    shared: teacher.shared > 0,
    recordedLate: teacher.recordedLate > 0,
    plannedMs: next?.lessonMs ?? null,
    plannedPeriod: next?.period ?? null,
    load: loadIn(loads, id),
    mayPlan: id !== desk.me && kindsFor(desk, id).includes('DEPT'),
  };
}

function changesOf(before: CoverageReply, now: CoverageReply): CoverChange[] {
  const earlier = new Map<string, TeacherCoverage>();
  for (const rule of before.rules) {
    for (const one of rule.teachers) earlier.set(`${hex(rule.rule)}/${hex(one.teacher)}`, one);
  }
  const changes: CoverChange[] = [];
  for (const rule of now.rules) {
    if (rule.teachers.length === 0) {
      const same = (one: RuleCoverage) =>
        hex(one.rule) === hex(rule.rule) && hex(one.department) === hex(rule.department);
      const was = before.rules.find(same);
      if (was === undefined || was.done === rule.done) continue;
      changes.push({
        kind: 'department',
        department: rule.departmentName,
        fromDone: was.done,
        toDone: rule.done,
        eligible: rule.eligible,
        rule: rule.title,
      });
    }
    for (const one of rule.teachers) {
      const was = earlier.get(`${hex(rule.rule)}/${hex(one.teacher)}`);
      if (was === undefined || (was.state === one.state && was.done === one.done)) continue;
      changes.push({
        kind: 'teacher',
        teacher: one.displayName,
        from: stateOf(was.state),
        to: stateOf(one.state),
        doneMs: one.lastDoneMs === 0n ? null : Number(one.lastDoneMs),
        recordedLate: one.recordedLate > was.recordedLate,
        rule: rule.title,
      });
    }
  }
  return changes;
}
