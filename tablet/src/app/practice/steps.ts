// Agreed steps, whose they are, and the visits that look in on them.
import { StepsSchema, type VisitKind } from '#proto/observation_pb';
import { type Bytes, facetId, hex, newRecordId, unhex } from '../../model/bytes';
import { Changes } from '../../model/gesture';
import { facetClass, type VisitRecord } from '../../model/visit';
import type { Outcome, StepGestures, StepThread } from '../contract';
import { type Desk, droppedBecause, kindName, stepStatus } from '../desk';
import type { AtDesk } from '../gestures';
import { kindsFor, loadOf } from '../lists';
import { planChanges } from '../visit-making';
import { elementsOf } from '../visit-page';
import { refused } from '../writing';

const dayMs = 86_400_000;
const mostOffered = 6;
const lookInMinutes = 20;

const lessonMs = (visit: VisitRecord) =>
  visit.plan.lessonStartMs === undefined ? null : Number(visit.plan.lessonStartMs);

// Open ones first, by due day; then the others, latest first.
export function stepThreads(desk: Desk): StepThread[] {
  const visits = desk.allVisits();
  const threads: StepThread[] = [];
  for (const visit of visits) {
    const isMine = visit.teacher === desk.me;
    if (!isMine && !visit.observers.includes(desk.me)) continue;
    if (visit.phase.withdrawn || (isMine && visit.versions().length === 0)) continue;
    for (const step of visit.steps.steps) {
      if ((step.text ?? '') === '') continue;
      const status = stepStatus(step.status);
      const isOpen = status === 'open' || status === 'tried';
      const dueMs = step.dueDay === undefined ? null : step.dueDay * dayMs;
      const check = step.checkVisit === undefined ? null : checkOf(desk, hex(step.checkVisit));
      const leads = visit.lead === desk.me && !isMine;
      const load = leads && isOpen ? loadOf(desk, visit.teacher) : null;
      threads.push({
        visitId: visit.id,
        stepId: hex(step.key),
        text: step.text ?? '',
        element: elementsOf(desk, visit).find((e) => e.number === step.element)?.title ?? '',
        dueMs,
        overdue: isOpen && dueMs !== null && dueMs + dayMs <= desk.nowMs(),
        status,
        droppedBecause: droppedBecause(step),
        mine: isMine,
        teacher: desk.directory.nameOf(visit.teacher),
        teacherId: visit.teacher,
        looksIn: desk.directory.nameOf(visit.lead),
        classCode: visit.plan.classCode ?? '',
        agreedMs: lessonMs(visit),
        check,
        mayLookIn:
          leads &&
          isOpen &&
          check === null &&
          kindsFor(desk, visit.teacher).includes(kindName(visit.kind)),
        loadFull: load !== null && load.visits >= load.ofVisits,
        mayLink: leads && isOpen && check === null ? laterVisits(desk, visits, visit) : [],
      });
    }
  }
  const rank = ({ status, dueMs, agreedMs }: StepThread) =>
    status === 'open' || status === 'tried' ? (dueMs ?? 1e14) : 1e15 - (agreedMs ?? 0) / 1e3;
  return threads.sort((a, b) => rank(a) - rank(b));
}

function checkOf(desk: Desk, visitId: string): StepThread['check'] {
  const mayOpen = desk.store.facetsOf(visitId).length > 0;
  const visit = desk.visit(visitId);
  return {
    visitId,
    lessonMs: mayOpen ? lessonMs(visit) : null,
    isPlanned: mayOpen && desk.phaseName(visit) === 'planned',
    mayOpen,
  };
}

function laterVisits(desk: Desk, visits: readonly VisitRecord[], of: VisitRecord) {
  const after = lessonMs(of) ?? 0;
  return visits
    .filter(
      (visit) =>
        visit.id !== of.id &&
        visit.teacher === of.teacher &&
        visit.observers.includes(desk.me) &&
        !visit.phase.withdrawn,
    )
    .map((visit) => ({ visitId: visit.id, lessonMs: lessonMs(visit) ?? 0 }))
    .filter((visit) => visit.lessonMs > after)
    .sort((a, b) => b.lessonMs - a.lessonMs)
    .slice(0, mostOffered);
}

export function stepGestures(
  at: () => AtDesk | null,
  random: (size: number) => Bytes,
): StepGestures {
  const nobody: Outcome<never> = refused('notAllowed');
  const linked = (visit: VisitRecord, stepId: string, check: string) => ({
    facet: visit.facet(facetClass.steps),
    changes: new Changes(StepsSchema).entry('steps', unhex(stepId), { checkVisit: unhex(check) }),
  });
  return {
    lookIn: async (visitId, stepId, lesson) => {
      const here = at();
      if (here === null) return nobody;
      const { desk, writing } = here;
      const visit = desk.visit(visitId);
      if (visit.lead !== desk.me || visit.teacher === '') return nobody;
      const { wallMs } = writing.now();
      const record = newRecordId(wallMs, random(16));
      const id = hex(record);
      const plan = planChanges(
        desk,
        {
          kind: visit.kind as VisitKind,
          teacher: visit.teacher,
          classCode: visit.plan.classCode ?? '',
          room: visit.plan.room ?? '',
          announced: lesson !== null,
          minutes: lookInMinutes,
          lessonMs: lesson ?? desk.nowMs(),
          loadReason: '',
        },
        random,
      ).set('priorVisit', unhex(visitId));
      const local = lesson === null ? { [`started/${id}`]: wallMs } : {};
      // Both at once: a look-in that nobody could find again would be none.
      const written = await writing.write(
        id,
        null,
        [
          { facet: hex(facetId(record, facetClass.plan)), changes: plan },
          linked(visit, stepId, id),
        ],
        local,
      );
      return written.ok ? { ok: true, value: { visitId: id } } : written;
    },
    nameLookIn: (visitId, stepId, checkVisitId) => {
      const here = at();
      if (here === null) return Promise.resolve(nobody);
      const visit = here.desk.visit(visitId);
      if (visit.lead !== here.desk.me) return Promise.resolve(nobody);
      return here.writing.write(visitId, null, [linked(visit, stepId, checkVisitId)]);
    },
  };
}
