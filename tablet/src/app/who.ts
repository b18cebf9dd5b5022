// "Who can see this?": the facts behind the words, from the very function by which the server files.
//
// Other people's posts are not handed out to tablets, so a teacher who leads a department is known as
// such only where that teacher is the one who asks; everything else is exact.
import type { AudienceFacts } from '../../core/core';
import { type Bytes, hex, unhex } from '../model/bytes';
import { facetClass, type VisitRecord } from '../model/visit';
import type { LeadWords, WhoFacts, WhoReader } from './contract';
import { type Desk, kindName } from './desk';

export function leadRule(desk: Desk, visit: VisitRecord): { rule: 0 | 1 | 2; heads: Bytes[] } {
  if (visit.teacher !== desk.me) return { rule: 0, heads: [] };
  if (desk.isSenior) return { rule: 2, heads: [] };
  return {
    rule: desk.departmentsLed().includes(visit.department(desk.directory)) ? 1 : 0,
    heads: [],
  };
}

export function leadWords(desk: Desk, teacher: string, department: string): LeadWords {
  const mine = teacher === desk.me;
  const name = desk.directory.orgs.get(department)?.name ?? '';
  if (mine && desk.isSenior) return { department: null, seniorLeaders: false, heads: [] };
  if (mine && desk.departmentsLed().includes(department)) {
    return { department: null, seniorLeaders: true, heads: [] };
  }
  return { department: name === '' ? null : name, seniorLeaders: true, heads: [] };
}

// By which post of theirs this person reads a lesson of that department; null: by none.
export function postOf(desk: Desk, department: string): 'senior' | 'hod' | null {
  if (desk.isSenior) return 'senior';
  return desk.departmentsLed().includes(department) ? 'hod' : null;
}

function readers(desk: Desk, visit: VisitRecord, facet: string, facts: AudienceFacts): WhoReader[] {
  const found: WhoReader[] = [];
  for (const { type, id } of visit.audience(facet, facts)) {
    const letters = hex(id);
    const name = desk.directory.nameOf(letters);
    if (type === 3) {
      found.push({ who: 'hod', name: desk.directory.orgs.get(letters)?.name ?? '', sees: 'all' });
    } else if (type === 4) {
      found.push({ who: 'senior', name: '', sees: 'all' });
    } else if (type === 2) {
      const who =
        letters === desk.me
          ? 'you'
          : letters === visit.teacher
            ? 'teacher'
            : visit.observers.includes(letters)
              ? 'observer'
              : visit.plan.readGrants.some((grant) => hex(grant.person) === letters)
                ? 'granted'
                : 'head';
      found.push({ who, name: who === 'you' ? '' : name, sees: 'all' });
    }
  }
  // The teacher sees that the visit is, before seeing what is written.
  const sees = (who: WhoReader['who']) => found.some((reader) => reader.who === who);
  if (visit.teacher !== '' && visit.teacher !== desk.me && !sees('teacher')) {
    const plan = visit.audience(visit.facet(facetClass.plan), facts);
    const exists = plan.some(({ type, id }) => type === 2 && hex(id) === visit.teacher);
    const name = desk.directory.nameOf(visit.teacher);
    found.push({ who: 'teacher', name, sees: exists ? 'exists' : 'nothing' });
  }
  return found;
}

export function whoFacts(desk: Desk, visit: VisitRecord): WhoFacts {
  const { rule, heads } = leadRule(desk, visit);
  const facts = atPhase(desk, visit, visit.audienceFacts(desk.directory, rule, heads));
  // A page that is begun here is a draft before the server has heard of it.
  const phase = desk.phaseName(visit);
  const begun = phase === 'planned' && desk.startedMs(visit.id) !== null;
  return { ...facts, phase: begun ? 'draft' : phase };
}

function atPhase(desk: Desk, visit: VisitRecord, facts: AudienceFacts): WhoFacts {
  const isObserver = visit.observers.includes(desk.me);
  const page = isObserver
    ? visit.facet(facetClass.sheet, unhex(desk.me))
    : visit.facet(facts.phase.level >= 4 ? facetClass.version : facetClass.feedback);
  const department = visit.department(desk.directory);
  const name = (id: string) => desk.directory.nameOf(id);
  const openQuery = visit.response.queries.find(
    (query) =>
      query.closed !== true &&
      !visit.answers.answers.some((a) => hex(a.query) === hex(query.key) && a.resolution),
  );
  // Whoever reads the words is left out of them, also where a post of theirs would be named.
  const reader =
    visit.teacher === desk.me
      ? 'teacher'
      : (postOf(desk, department) ?? (isObserver ? 'observer' : 'other'));
  const { level, withdrawn, round } = facts.phase;
  const next =
    withdrawn || level >= 5 ? null : level < 3 ? 'submit' : level < 4 ? 'share' : 'close';
  const nextFacts: AudienceFacts = {
    ...facts,
    phase: {
      withdrawn: false,
      round: next === 'share' ? round + 1 : round,
      level: next === 'submit' ? 3 : next === 'share' ? 4 : 5,
    },
    revealed: true,
  };
  return {
    kind: kindName(visit.kind),
    phase: phaseOf(facts),
    reader,
    observes: isObserver || visit.lead === desk.me,
    announced: facts.announced,
    teacher: name(visit.teacher),
    coObservers: visit.observers.filter((id) => id !== desk.me).map(name),
    lead: leadWords(desk, visit.teacher, department),
    query:
      openQuery === undefined
        ? null
        : { element: elementTitle(desk, visit, openQuery.element ?? 0) },
    acknowledged: visit.acknowledged().length > 0,
    referral: null,
    grants: visit.plan.readGrants.map((grant) => name(hex(grant.person))),
    untilMs: null,
    erasedMs: null,
    tabletsBehind: 0,
    feedbackAsked: false,
    readers: readers(desk, visit, page, facts),
    next: next === null ? null : { step: next, facts: atPhase(desk, visit, nextFacts) },
  };
}

function phaseOf({ phase: { withdrawn, level } }: AudienceFacts): WhoFacts['phase'] {
  if (withdrawn) return 'withdrawn';
  const names = ['planned', 'planned', 'draft', 'submitted', 'shared', 'closed'] as const;
  return names[Math.min(level, 5)] ?? 'planned';
}

export function elementTitle(desk: Desk, visit: VisitRecord, element: number): string {
  const rubric = desk.directory.rubrics.get(hex(visit.plan.rubricVersion ?? new Uint8Array(0)));
  return rubric?.elements.find((e) => e.number === element)?.title ?? '';
}
