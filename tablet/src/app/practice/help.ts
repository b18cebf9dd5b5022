// Referrals and support plans, from the side of whoever looks: the server's answer, and of each thread
// what this tablet holds and has written.
import { create } from '@bufbuild/protobuf';
import { PersonType } from '#proto/directory_pb';
import {
  type HelpingReply,
  type HelpThread as HelpThreadReply,
  HelpThreadSchema,
} from '#proto/help_pb';
import { VisitKind } from '#proto/observation_pb';
import {
  ConsentSchema,
  EvidenceSchema,
  type ReferralBodySchema,
  ReferralLevel,
  ReferralOutcome,
} from '#proto/referral_pb';
import { hex, unhex } from '../../model/bytes';
import { facetClass } from '../../model/visit';
import { intentOf } from '../../store/person-store';
import type { Colleague, Help, HelpThread, ReferralChoices } from '../contract';
import { type Desk, stepStatus } from '../desk';
import { completenessOf } from '../figures/coverage';
import { halfTermsOf } from '../figures/half-terms';
import { differsIn, type HeldRecord, heldRecord, heldReferrals } from './held';

const dayMs = 86_400_000;
const mostOffered = 12;

type HeldReferral = HeldRecord<typeof ReferralBodySchema>;
export type HelpSide = 'helper' | 'leader';

const levels: Readonly<Partial<Record<ReferralLevel, HelpThread['level']>>> = {
  [ReferralLevel.OPEN]: 'open',
  [ReferralLevel.CONSENTED]: 'consented',
  [ReferralLevel.ACTIVE]: 'active',
  [ReferralLevel.OUTCOME]: 'outcome',
  [ReferralLevel.CLOSED]: 'closed',
};
const outcomes: Readonly<Partial<Record<ReferralOutcome, HelpThread['outcome']>>> = {
  [ReferralOutcome.EMBEDDED]: 'embedded',
  [ReferralOutcome.CONTINUING]: 'continuing',
  [ReferralOutcome.NOT_NEEDED]: 'notNeeded',
};
const letters = (id: Uint8Array | undefined) => (id === undefined ? '' : hex(id));

export function helpOf(desk: Desk, side: HelpSide, reply: HelpingReply): Help {
  const held = new Map(heldReferrals(desk).map((one) => [one.id, one]));
  const said = new Set(reply.threads.map(({ record }) => hex(record)));
  const threads = reply.threads.map((thread) =>
    threadOf(desk, thread, held.get(hex(thread.record)) ?? null),
  );
  // Written here, or come since the answer: the server lists them when it has heard of them.
  for (const one of held.values()) {
    if (said.has(one.id) || !isFor(desk, side, one)) continue;
    const thread = threadOf(desk, sayable(desk, one), one);
    if (thread.level !== 'closed' && one.message.phase?.withdrawn !== true) threads.push(thread);
  }
  return {
    threads,
    mayRefer: side === 'leader' ? choicesFor(desk) : null,
    departments: reply.trends.map(({ name, points }) => ({
      name,
      points: points.flatMap(({ h2, levels: shown }) => {
        const halfTerm = halfTermsOf(desk.directory).find((one) => one.h2 === h2);
        if (halfTerm === undefined) return [];
        return [
          {
            halfTerm,
            levels: shown.map(({ rubricVersion, element, meanTenths }) => ({
              element: elementTitle(desk, hex(rubricVersion), element),
              tenths: meanTenths,
            })),
          },
        ];
      }),
    })),
    complete: completenessOf(reply.watermark),
  };
}

// What somebody is helped with: all of it is on their tablet.
export function helpForMe(desk: Desk): HelpThread[] {
  return heldReferrals(desk)
    .filter(
      ({ message }) => letters(message.subject) === desk.me && message.phase?.withdrawn !== true,
    )
    .map((one) => threadOf(desk, sayable(desk, one), one))
    .reverse();
}

function isFor(desk: Desk, side: HelpSide, { message }: HeldReferral): boolean {
  const isHelper = letters(message.helper) === desk.me;
  if (side === 'helper') {
    return isHelper && (message.phase?.level ?? 0) >= ReferralLevel.CONSENTED;
  }
  return letters(message.subject) !== desk.me && !isHelper;
}

// A referral that this tablet holds, as the server would answer.
function sayable(desk: Desk, { id, message }: HeldReferral): HelpThreadReply {
  const department = letters(message.department);
  const links = (visits: readonly { readonly visit: Uint8Array }[]) =>
    visits.map(({ visit }) => ({
      visit,
      lessonStartMs: desk.visit(hex(visit)).plan.lessonStartMs ?? 0n,
    }));
  return create(HelpThreadSchema, {
    record: unhex(id),
    isSupportPlan: message.isSupportPlan ?? false,
    body: message,
    subjectName: desk.directory.nameOf(letters(message.subject)),
    departmentName: desk.directory.orgs.get(department)?.name ?? '',
    helperName: desk.directory.nameOf(letters(message.helper)),
    sources: links(message.sourceVisits),
    revisits: links(message.revisits),
    nextDay: message.untilDay ?? 0,
  });
}

function elementTitle(desk: Desk, rubric: string, element: number): string {
  const known = desk.directory.rubrics.get(rubric) ?? [...desk.directory.rubrics.values()][0];
  return known?.elements.find(({ number }) => number === element)?.title ?? String(element);
}

function threadOf(desk: Desk, said: HelpThreadReply, held: HeldReferral | null): HelpThread {
  const thread = held === null ? said : { ...said, ...sayableParts(desk, said, held) };
  const { body } = thread;
  const teacherId = letters(body?.subject);
  const own = held === null ? null : consentOf(desk, held.id, teacherId);
  const consent = own ?? thread.consent;
  const level = levels[body?.phase?.level ?? ReferralLevel.UNSPECIFIED] ?? 'draft';
  const given = consent?.given;
  return {
    id: hex(thread.record),
    isPlan: thread.isSupportPlan,
    teacher: thread.subjectName,
    teacherId,
    department: thread.departmentName,
    helper: thread.helperName,
    elements: (body?.reasonElements ?? []).map(({ element }) => elementTitle(desk, '', element)),
    aims: (body?.aims ?? []).map(({ text = '' }) => text),
    consent:
      given === false
        ? 'refused'
        : given === true || (level !== 'open' && level !== 'draft')
          ? 'given'
          : 'waiting',
    consentWords: consent?.words ?? '',
    level,
    outcome: body?.outcome === undefined ? null : (outcomes[body.outcome] ?? null),
    nextMs: thread.nextDay === 0 ? null : thread.nextDay * dayMs,
    revisits: thread.revisits.map(({ visit, lessonStartMs }) => ({
      visitId: hex(visit),
      lessonMs: lessonStartMs === 0n ? null : Number(lessonStartMs),
      mayOpen: desk.store.facetsOf(hex(visit)).length > 0,
    })),
    steps: thread.steps.map(({ visit, step, overdue }, i) => ({
      key: `${hex(visit)}${i}`,
      text: step?.text ?? '',
      dueMs: step?.dueDay === undefined ? null : step.dueDay * dayMs,
      status: stepStatus(step?.status),
      overdue,
    })),
    evidence: evidenceOf(desk, thread, held).map(({ rubricVersion, element, level: seen }) => ({
      element: elementTitle(desk, hex(rubricVersion), element),
      level: seen,
    })),
    part: partOf(desk, teacherId, letters(body?.helper), held),
    held: held !== null,
    kept: held?.kept ?? 'stored',
    asked: held === null ? null : askedOf(desk, held),
    mayLink: held === null ? [] : mayLink(desk, teacherId, held),
    differs: held === null ? [] : differsIn(desk, held.disputed, null),
  };
}

// What this tablet knows better: what was written here, and visits that the server did not tell of.
function sayableParts(desk: Desk, said: HelpThreadReply, held: HeldReferral) {
  const own = sayable(desk, held);
  const told = new Map(said.revisits.map((visit) => [hex(visit.visit), visit]));
  return {
    body: own.body,
    revisits: own.revisits.map((visit) => told.get(hex(visit.visit)) ?? visit),
  };
}

const consentOf = (desk: Desk, record: string, teacher: string) =>
  teacher === ''
    ? null
    : (heldRecord(desk, record, ConsentSchema, facetClass.consent, teacher)?.message ?? null);

function evidenceOf(
  desk: Desk,
  thread: { readonly evidence?: HelpThreadReply['evidence'] },
  held: HeldReferral | null,
) {
  const own = held === null ? null : heldRecord(desk, held.id, EvidenceSchema, facetClass.evidence);
  return (own?.message.referred ?? thread.evidence)?.levels ?? [];
}

function partOf(
  desk: Desk,
  teacher: string,
  helper: string,
  held: HeldReferral | null,
): HelpThread['part'] {
  if (teacher === desk.me) return 'teacher';
  if (held !== null && openerOf(desk, held) === desk.me) return 'opener';
  return helper === desk.me ? 'helper' : 'leader';
}

// Who wrote what is set at its making.
function openerOf(desk: Desk, { facet }: HeldReferral): string {
  for (const { path, siblings } of desk.store.core.readCells(desk.store.shown(facet))) {
    const author = siblings[0]?.author;
    // The department is named by every referral.
    if (path.length === 3 && path[1] === 3 && author !== undefined) return hex(author);
  }
  return '';
}

function askedOf(desk: Desk, { id }: HeldReferral): HelpThread['asked'] {
  for (const { kind, body, row } of desk.groupsOn(id)) {
    if (kind !== 2 || row.result !== undefined) continue;
    const { what } = intentOf(body);
    if (what.case === 'share' || what.case === 'withdraw' || what.case === 'close') {
      return what.case;
    }
  }
  return null;
}

function mayLink(desk: Desk, teacher: string, { message }: HeldReferral): HelpThread['mayLink'] {
  const from = (message.fromDay ?? 0) * dayMs;
  const linked = new Set(
    [...message.revisits, ...message.sourceVisits].map(({ visit }) => hex(visit)),
  );
  const found: { visitId: string; lessonMs: number }[] = [];
  for (const visit of desk.allVisits()) {
    if (visit.teacher !== teacher || teacher === '' || linked.has(visit.id)) continue;
    if (!visit.observers.includes(desk.me) || visit.phase.withdrawn) continue;
    const lessonMs = Number(visit.plan.lessonStartMs ?? 0n);
    if (lessonMs >= from) found.push({ visitId: visit.id, lessonMs });
  }
  return found.sort((a, b) => b.lessonMs - a.lessonMs).slice(0, mostOffered);
}

// --- Opening one. ---

const forLeaders = new Set<VisitKind>([
  VisitKind.DEPT,
  VisitKind.TEAM,
  VisitKind.WALK,
  VisitKind.MENTOR,
  VisitKind.AST,
]);

export function colleaguesOf(desk: Desk): Colleague[] {
  const { directory } = desk;
  return [...directory.people]
    .filter(([, person]) => person.type === PersonType.STAFF && person.toDay === 0)
    .map(([id, person]) => ({
      id,
      name: person.displayName,
      department: directory.orgs.get(directory.firstDepartment(id))?.name ?? '',
    }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en-GB'));
}

function choicesFor(desk: Desk): ReferralChoices | null {
  const { directory } = desk;
  const led = new Set(
    desk.isSenior
      ? [...directory.orgs.keys()].filter((org) => directory.siteOf(org) !== org)
      : desk.departmentsLed(),
  );
  if (led.size === 0) return null;
  const teachers = colleaguesOf(desk)
    .filter(({ id }) => id !== desk.me)
    .flatMap((one) => {
      const of = directory.people.get(one.id)?.departments.map(({ org }) => hex(org)) ?? [];
      const departmentId = of.find((org) => led.has(org));
      if (departmentId === undefined) return [];
      const department = directory.orgs.get(departmentId)?.name ?? '';
      return [{ ...one, department, departmentId }];
    });
  const teaches = new Set(teachers.map(({ departmentId }) => departmentId));
  const departments = [...led]
    .filter((id) => teaches.has(id))
    .map((id) => ({ id, name: directory.orgs.get(id)?.name ?? '' }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en-GB'));
  const rubric = [...directory.rubrics.values()][0];
  const visits = desk
    .allVisits()
    .filter(
      (visit) => forLeaders.has(visit.kind) && visit.phase.round > 0 && !visit.phase.withdrawn,
    )
    .map((visit) => ({
      visitId: visit.id,
      teacherId: visit.teacher,
      lessonMs: Number(visit.plan.lessonStartMs ?? 0n),
      classCode: visit.plan.classCode ?? '',
    }))
    .sort((a, b) => b.lessonMs - a.lessonMs);
  return {
    teachers,
    departments,
    elements: (rubric?.elements ?? []).map(({ number, title }) => ({ number, title })),
    visits,
  };
}
