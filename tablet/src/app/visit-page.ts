// One visit as the contract shows it.
import type { RubricElement } from '#proto/directory_pb';
import { Resolution, type Sheet as SheetMessage, VisitKind } from '#proto/observation_pb';
import { hex, unhex } from '../model/bytes';
import { elementContent, levelWords } from '../model/starting-content';
import { facetClass, type VisitRecord } from '../model/visit';
import type {
  Element,
  Feedback,
  Note,
  Query,
  Rating,
  Sheet,
  Step,
  Tally,
  UndoWords,
  Version,
  Visit,
} from './contract';
import { declinedOn } from './declined';
import { type Desk, kindName, stepStatus } from './desk';
import { offerWaits } from './offers';
import { questionsOf } from './questions';
import { teamOf } from './team';
import { joinCodeOf } from './together';
import { whoFacts } from './who';

const dayMs = 86_400_000;
const praiseTags = ['Pace', 'Talk', 'Challenge', 'Care', 'Routines'];

export function elementOf(element: RubricElement): Element {
  const content = elementContent[element.code];
  const ladder = element.levels.length === levelWords.length ? levelWords : [];
  return {
    number: element.number,
    title: element.title,
    short: content?.short ?? (element.title.split(' ')[0] ?? '').slice(0, 14),
    lookFor: content?.lookFor ?? '',
    levels: element.levels.map((words, i) => {
      const split = /^([^:]{1,24}): (.+)$/s.exec(words);
      return {
        number: i + 1,
        word: split?.[1] ?? ladder[i] ?? '',
        descriptor: split?.[2] ?? words,
      };
    }),
    praiseTags: content?.praiseTags ?? [],
    nextStepStems: content?.nextStepStems ?? [],
  };
}

export function elementsOf(desk: Desk, visit: VisitRecord): Element[] {
  const named = visit.plan.rubricVersion;
  const template = desk.directory.templateFor(visit.kind);
  const id = named ?? template?.rubricVersion;
  if (id !== undefined && id.length > 0) {
    return desk.directory.rubrics.get(hex(id))?.elements.map(elementOf) ?? [];
  }
  // What to look for, where nothing is rated: the newest rubric's elements.
  const newest = [...desk.directory.rubrics.values()].at(0);
  return newest?.elements.map(elementOf) ?? [];
}

function sheetOf(desk: Desk, visit: VisitRecord, owner: string): Sheet {
  const message = visit.sheet(owner);
  const mine = owner === desk.me;
  const start = desk.startedMs(visit.id);
  const atMs = (offset: number | undefined) =>
    offset === undefined || start === null ? null : start + 1000 * offset;
  const ratings: Record<number, Rating> = {};
  for (const rating of message.ratings) {
    if (rating.level === undefined) continue;
    ratings[rating.element] =
      rating.level === 0 ? { kind: 'notSeen' } : { kind: 'level', level: rating.level };
  }
  if (mine) {
    for (const { id, element, field } of questionsOf(desk, visit)) {
      if (field.startsWith('level') && element !== null)
        ratings[element] = { kind: 'undecided', questionId: id };
    }
  }
  const notes = message.notes.map(
    (note): Note => ({
      id: hex(note.key),
      atMs: atMs(note.tOffsetS),
      text: note.text ?? '',
      element: note.element ?? null,
      isPrivate: note.isPrivate === true,
    }),
  );
  return {
    author: desk.person(owner),
    mine,
    submitted: visit.submitted(owner),
    notes,
    removedNotes: mine ? (desk.store.local<Note[]>(`removed/${visit.id}`) ?? []) : [],
    ratings,
    tallies: talliesOf(desk, visit, message, mine),
    onTask: message.onTask
      .map(({ snapshot }) => ({
        atMs: atMs(snapshot?.tOffsetS ?? 0) ?? 0,
        onTask: snapshot?.onTask ?? 0,
        total: snapshot?.total ?? 0,
      }))
      .sort((a, b) => a.atMs - b.atMs),
    praise: message.praise.map((praise) => ({ id: hex(praise.key), text: praise.text ?? '' })),
    pupilsPresent: message.pupilsPresent ?? null,
  };
}

function talliesOf(desk: Desk, visit: VisitRecord, sheet: SheetMessage, mine: boolean): Tally[] {
  const counts = new Map<string, number>();
  for (const code of desk.directory.templateFor(visit.kind)?.tallyCodes ?? []) counts.set(code, 0);
  for (const { code = '' } of sheet.tallies) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => ({ code, label: code, count, mine: mine ? count : 0 }));
}

const dayToMs = (day: number | undefined) => (day === undefined ? null : day * dayMs);

function stepsOf(steps: VisitRecord['steps']['steps']): Step[] {
  return steps.map((step) => ({
    id: hex(step.key),
    text: step.text ?? '',
    element: step.element ?? null,
    dueMs: dayToMs(step.dueDay),
    checkVisitId: step.checkVisit === undefined ? null : hex(step.checkVisit),
    status: stepStatus(step.status),
  }));
}

// The observer's notes are part of what the teacher reads, unless the lead says otherwise.
const formal = new Set([
  VisitKind.DEPT,
  VisitKind.TEAM,
  VisitKind.WALK,
  VisitKind.MENTOR,
  VisitKind.AST,
]);
export const isFormal = (visit: VisitRecord): boolean => formal.has(visit.kind);

function feedbackOf(visit: VisitRecord): Feedback {
  const { feedback } = visit;
  const paragraphs = (of: typeof feedback.strengths) =>
    of.map((paragraph) => ({ id: hex(paragraph.key), text: paragraph.text ?? '' }));
  return {
    strengths: paragraphs(feedback.strengths),
    priority: feedback.priority ?? '',
    priorityElement: feedback.priorityElement ?? null,
    conversationMs: dayToMs(feedback.conversationDay),
    message: paragraphs(feedback.message),
    includeNotes: feedback.includeNotes ?? isFormal(visit),
  };
}

function versionsOf(desk: Desk, visit: VisitRecord): Version[] {
  return visit.versions().map(({ round, shared, atMs }) => {
    const ratings: Record<number, number> = {};
    for (const { element, level } of shared.ratings) ratings[element] = level ?? 0;
    return {
      round,
      sharedBy: desk.directory.nameOf(hex(shared.sharedBy)),
      shared: { kind: 'at', ms: atMs },
      strengths: shared.strengths,
      priority: shared.priority,
      priorityElement: shared.priorityElement || null,
      steps: stepsOf(shared.steps),
      message: shared.message,
      notes: shared.notes.map((note) => ({
        id: hex(note.key),
        atMs: null,
        text: note.text ?? '',
        element: note.element ?? null,
        isPrivate: false,
      })),
      ratings,
      leftOut: shared.leftOut,
    };
  });
}

const resolutions = {
  [Resolution.UNSPECIFIED]: null,
  [Resolution.AMENDED]: 'amended',
  [Resolution.EXPLAINED]: 'explained',
  [Resolution.WITHDRAWN]: 'withdrawn',
} as const;

function queriesOf(visit: VisitRecord): Query[] {
  return visit.response.queries.map((query) => {
    const answer = visit.answers.answers.find((a) => hex(a.query) === hex(query.key));
    const resolution = answer?.resolution ?? Resolution.UNSPECIFIED;
    return {
      id: hex(query.key),
      version: query.version ?? 0,
      element: query.element ?? null,
      text: query.text ?? '',
      at: { kind: 'at', ms: visit.planStampMs() },
      closed: query.closed === true,
      answer:
        answer === undefined
          ? null
          : { text: answer.text ?? '', resolution: resolutions[resolution] },
    };
  });
}

// Null where this person neither observes nor may read anything of it.
export function visitPage(desk: Desk, id: string): Visit | null {
  const visit = desk.visit(id);
  const { directory, me } = desk;
  if (!visit.hasPlan) return null;
  const isObserver = visit.observers.includes(me);
  const isLead = visit.lead === me;
  const isTeacher = visit.teacher === me;
  const template = directory.templateFor(visit.kind);
  const versions = versionsOf(desk, visit);
  const mayWriteFeedback = isLead && !visit.phase.withdrawn;
  const feedbackFacet = visit.facet(facetClass.feedback);
  const undo = desk.store.local<{ words: UndoWords }[]>(`undo/${id}`)?.at(-1)?.words ?? null;
  return {
    id,
    kind: kindName(visit.kind),
    phase: desk.phaseName(visit),
    teacher: desk.personOrNull(visit.teacher),
    lead: desk.person(visit.lead),
    observers: visit.observers.map((observer) => ({
      ...desk.person(observer),
      submitted: visit.submitted(observer),
      excused: visit.excused(observer),
    })),
    me: isLead ? 'lead' : isObserver ? 'observer' : isTeacher ? 'teacher' : 'reader',
    joinCode: joinCodeOf(visit, desk.me),
    joinLetters: visit.plan.joinCode ?? '',
    classCode: visit.plan.classCode ?? '',
    subject: visit.plan.subject ?? '',
    room: visit.plan.room ?? '',
    lessonMs: visit.plan.lessonStartMs === undefined ? null : Number(visit.plan.lessonStartMs),
    startedMs: desk.store.local<number>(`started/${id}`) ?? null,
    minutes: visit.plan.minutes ?? null,
    announced: visit.plan.announced === true,
    graded: desk.isGraded(visit),
    elements: elementsOf(desk, visit),
    lookEveryMin: template?.sections.includes('on_task') === true ? 5 : 0,
    neededAtShare: ['strengths', ...(template?.requiredAtShare ?? [])]
      .filter((name, i, all) => all.indexOf(name) === i)
      .map((name) => (name === 'steps' ? 'step' : name))
      .filter((name): name is 'strengths' | 'priority' | 'step' =>
        ['strengths', 'priority', 'step'].includes(name),
      ),
    kept: desk.kept(visit),
    shown: desk.shownTo(visit),
    who: whoFacts(desk, visit),
    mySheet: isObserver ? sheetOf(desk, visit, me) : null,
    otherSheets: visit
      .sheetOwners()
      .filter((owner) => owner !== me)
      .map((owner) => sheetOf(desk, visit, owner)),
    feedback: mayWriteFeedback || visit.holds(feedbackFacet) ? feedbackOf(visit) : null,
    team: teamOf(desk, visit),
    steps: stepsOf(visit.steps.steps),
    versions,
    nextVersion: desk.nextVersion(visit),
    queries: queriesOf(visit),
    reflection: visit.response.reflections.map((paragraph) => paragraph.text ?? '').join('\n\n'),
    acknowledged: visit.acknowledged().map((round) => ({
      round,
      at: { kind: 'at', ms: visit.planStampMs() },
    })),
    undecided: questionsOf(desk, visit).map(({ id: questionId, element, levels }) => ({
      questionId,
      element: elementsOf(desk, visit).find((e) => e.number === element)?.title ?? '',
      levels,
    })),
    offerWaits: offerWaits(desk, visit),
    undo,
    declined: declinedOn(desk, visit),
    schoolDaysUnshared: schoolDays(desk, visit),
    withdrawnReason: visit.plan.withdrawnReason ?? '',
    joining: desk.pendingIntent(visit, 'moveSheet'),
    joinedInto: joinedInto(desk, visit),
    mayLetRead: isTeacher
      ? [...directory.people.keys()]
          .filter((id) => id !== me && !visit.observers.includes(id))
          .map((id) => desk.person(id))
      : [],
    letRead: visit.plan.readGrants.map((grant) => desk.person(hex(grant.person))),
  };
}

function joinedInto(desk: Desk, visit: VisitRecord): string | null {
  const { joinedInto: target } = visit.plan;
  if (target === undefined || target.length === 0) return null;
  const id = hex(target);
  return desk.visit(id).hasPlan ? id : '';
}

// School days since the lesson, while nothing is shared; null otherwise.
export function schoolDays(desk: Desk, visit: VisitRecord): number | null {
  const start = visit.plan.lessonStartMs;
  if (start === undefined || visit.phase.round > 0 || visit.phase.withdrawn) return null;
  const lesson = Number(start);
  if (Math.floor(desk.nowMs() / dayMs) < Math.floor(lesson / dayMs)) return null;
  return desk.directory.schoolDaysBetween(lesson, desk.nowMs());
}

export const offeredPraise = praiseTags;
export const sheetFacet = (visit: VisitRecord, observer: string) =>
  visit.facet(facetClass.sheet, unhex(observer));
