// The lists: today, all visits, a new visit's choices, what has come to me, and what I am here.
import { PersonType, Role } from '#proto/directory_pb';
import { VisitKind } from '#proto/observation_pb';
import { hex } from '../model/bytes';
import type { VisitRecord } from '../model/visit';
import { additionsWaiting } from './additions';
import type {
  FeedbackRow,
  ForMe,
  Kind,
  Load,
  More,
  News,
  NewVisit,
  StepRow,
  TeacherChoice,
  Today,
  VisitRow,
  YourTurn,
} from './contract';
import { declinedOn } from './declined';
import { type Desk, droppedBecause, kindName, stepStatus } from './desk';
import { offerWaits } from './offers';
import { questionsOf } from './questions';
import { awaitsAgreement } from './team';
import { elementsOf, schoolDays } from './visit-page';
import { leadWords, postOf } from './who';

const dayMs = 86_400_000;
const most = 20;
// A plan is looked for so many days ahead.
const daysAhead = 7;
const sliceMs = 24;
const keptTodayName = 'today';

export function visitRow(desk: Desk, visit: VisitRecord): VisitRow {
  const phase = desk.phaseName(visit);
  const kept = desk.kept(visit);
  const shown = desk.shownTo(visit);
  const mine = visit.observers.includes(desk.me) || visit.teacher === desk.me;
  return {
    id: visit.id,
    kind: kindName(visit.kind),
    teacher: desk.personOrNull(visit.teacher),
    observers: visit.observers.map((id) => desk.person(id)),
    classCode: visit.plan.classCode ?? '',
    room: visit.plan.room ?? '',
    lessonMs: lessonMs(visit),
    period: visit.plan.period ?? null,
    kept,
    shown,
    mine,
    toMe: visit.teacher === desk.me,
    planned: phase === 'planned',
    // What was handed in here is no draft any more, also while no server has heard of it.
    draft: phase === 'draft' && visit.observers.includes(desk.me) && shown.state === 'none',
    waiting:
      kept.state === 'onTablet' ||
      kept.state === 'sent' ||
      kept.state === 'parkedNeeds' ||
      kept.state === 'parkedFor',
    question: questionsOf(desk, visit).length > 0,
  };
}

// Logged with one tap, and done with it; where help was offered there is something to finish.
const isRoomOfWalk = (desk: Desk, visit: VisitRecord) =>
  visit.kind === VisitKind.WALK && visit.sheet(desk.me).offerHelp === false;

const lessonMs = (visit: VisitRecord) =>
  visit.plan.lessonStartMs === undefined ? null : Number(visit.plan.lessonStartMs);

interface KeptToday {
  readonly stamp: string;
  readonly today: Today;
}

export class Lists {
  readonly #desk: Desk;
  readonly #rows = new Map<string, { readonly stamp: string; readonly row: VisitRow }>();
  #today: { readonly stamp: string; readonly value: Today } | null = null;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  // Newest lesson first.
  visits(): VisitRow[] {
    return this.#rowsOf(this.#desk.allVisits());
  }

  #rowsOf(visits: readonly VisitRecord[]): VisitRow[] {
    const rows: VisitRow[] = [];
    for (const visit of visits) if (visit.hasPlan) rows.push(this.#rowOf(visit));
    return rows.sort((a, b) => (b.lessonMs ?? 0) - (a.lessonMs ?? 0));
  }

  // Makes the rows of these records a slice at a time, so that the screen that opened stays alive
  // meanwhile; the lists are quick after it.
  async warm(records: Iterable<string>, goesOn: () => boolean): Promise<void> {
    let sliceEnds = performance.now() + sliceMs;
    for (const record of records) {
      const visit = this.#desk.visitOf(record);
      if (visit?.hasPlan === true) this.#rowOf(visit);
      if (performance.now() < sliceEnds) continue;
      await new Promise((resolve) => setTimeout(resolve));
      if (!goesOn()) return;
      sliceEnds = performance.now() + sliceMs;
    }
  }

  #rowOf(visit: VisitRecord): VisitRow {
    const { store, signed } = this.#desk;
    const stamp = `${store.recordVersion(visit.id)}/${store.directoryVersion}/${signed.durableSeq}`;
    const kept = this.#rows.get(visit.id);
    if (kept?.stamp === stamp) return kept.row;
    const row = visitRow(this.#desk, visit);
    this.#rows.set(visit.id, { stamp, row });
    return row;
  }

  // Kept while nothing changes: several screens show a part of it.
  today(): Today {
    const { store, signed } = this.#desk;
    const minute = Math.floor(this.#desk.nowMs() / 60_000);
    const stamp = `${store.version}/${store.directoryVersion}/${signed.durableSeq}/${minute}`;
    if (this.#today?.stamp !== stamp) this.#today = { stamp, value: this.#makeToday() };
    return this.#today.value;
  }

  #makeToday(): Today {
    const desk = this.#desk;
    const rows = this.#rowsOf(desk.ownVisits());
    const now = desk.nowMs();
    const startOfDay = now - (now % dayMs);
    const plan = rows
      .filter(
        (row) =>
          row.lessonMs !== null &&
          row.lessonMs >= startOfDay &&
          row.lessonMs < startOfDay + daysAhead * dayMs,
      )
      .filter(
        (row) =>
          row.mine && (row.planned || (row.draft && desk.visit(row.id).kind !== VisitKind.WALK)),
      )
      .reverse();
    return {
      yourTurn: this.#yourTurn(rows).slice(0, most),
      plan,
      news: this.#news(rows).slice(0, most),
    };
  }

  // What Today was when it was last kept, if nothing that it is made of has changed since: what a person
  // who comes back sees while it is made anew.
  keptToday(): Today | null {
    const kept = this.#desk.store.local<KeptToday>(keptTodayName);
    if (kept?.stamp !== this.#stampOfToday()) return null;
    // It may be of another day.
    const now = this.#desk.nowMs();
    const plan = kept.today.plan.filter((row) => (row.lessonMs ?? 0) >= now - (now % dayMs));
    return { ...kept.today, plan };
  }

  async keepToday(): Promise<void> {
    const { store } = this.#desk;
    const stamp = this.#stampOfToday();
    if (store.local<KeptToday>(keptTodayName)?.stamp === stamp) return;
    const kept: KeptToday = { stamp, today: this.today() };
    await store.setLocal({ [keptTodayName]: kept });
  }

  #stampOfToday(): string {
    const { store, signed, leaseOver } = this.#desk;
    const { base, outbox } = store;
    const open = [...outbox.open].map(([facet, row]) => `${facet}${row.wallMs}${row.delta.length}`);
    const { replica, sealedN, ackedN } = outbox.row;
    const came = [base.row.seq, hex(base.row.cursor), signed.durableSeq];
    return [leaseOver, ...came, replica, sealedN, ackedN, ...open].join('/');
  }

  forMe(): ForMe {
    const desk = this.#desk;
    const feedback: FeedbackRow[] = [];
    const steps: StepRow[] = [];
    for (const visit of desk.ownVisits()) {
      const toMe = visit.teacher === desk.me;
      const versions = visit.versions();
      const newest = versions.at(-1);
      if (toMe && newest !== undefined) {
        feedback.push({
          visitId: visit.id,
          observer: desk.directory.nameOf(visit.lead),
          kind: kindName(visit.kind),
          classCode: visit.plan.classCode ?? '',
          lessonMs: lessonMs(visit),
          version: newest.round,
          sharedMs: newest.atMs,
          acknowledged: visit.acknowledged().at(-1) ?? 0,
          praise: newest.shared.strengths[0] ?? '',
        });
      }
      if (!toMe && !visit.observers.includes(desk.me)) continue;
      if (toMe && newest === undefined) continue;
      for (const step of visit.steps.steps) {
        steps.push({
          visitId: visit.id,
          stepId: hex(step.key),
          text: step.text ?? '',
          element: elementsOf(desk, visit).find((e) => e.number === step.element)?.title ?? '',
          dueMs: step.dueDay === undefined ? null : step.dueDay * dayMs,
          looksIn: desk.directory.nameOf(visit.lead),
          status: stepStatus(step.status),
          droppedBecause: droppedBecause(step),
          mine: toMe,
        });
      }
    }
    feedback.sort((a, b) => b.sharedMs - a.sharedMs);
    const rank = (row: StepRow) => (row.status === 'open' ? 0 : 1e15) + (row.dueMs ?? 1e14);
    steps.sort((a, b) => rank(a) - rank(b));
    const praise = feedback
      .filter((row) => row.praise !== '')
      .map((row) => ({
        kind: 'praise' as const,
        visitId: row.visitId,
        observer: row.observer,
        text: row.praise,
        atMs: row.sharedMs,
      }));
    return { feedback, steps, praise, load: loadOf(desk, desk.me), readers: null };
  }

  newVisit(): NewVisit {
    const desk = this.#desk;
    const { directory } = desk;
    const graded: Partial<Record<Kind, boolean>> = {};
    for (const template of directory.templates.values()) {
      graded[kindName(template.kind)] = template.rubricVersion.length > 0;
    }
    const earlier = this.visits();
    const teachers: TeacherChoice[] = [];
    for (const [id, person] of directory.people) {
      if (id === desk.me || person.type !== PersonType.STAFF || person.toDay !== 0) continue;
      const kinds = kindsFor(desk, id);
      if (kinds.length === 0) continue;
      const departmentId = directory.firstDepartment(id);
      const seen = earlier.filter((row) => row.teacher?.id === id);
      const distinct = (of: readonly string[]) =>
        [...new Set(of.filter((text) => text !== ''))].slice(0, 8);
      teachers.push({
        ...desk.person(id),
        departmentId,
        department: directory.orgs.get(departmentId)?.name ?? '',
        kinds,
        classCodes: distinct(seen.map((row) => row.classCode)),
        rooms: distinct(seen.map((row) => row.room)),
        lead: leadWords(desk, id, departmentId),
        myPost: postOf(desk, departmentId),
      });
    }
    const family = (name: string) => name.split(' ').at(-1) ?? name;
    const near = new Set(desk.departmentsLed());
    for (const { org } of directory.people.get(desk.me)?.departments ?? []) near.add(hex(org));
    const far = (one: TeacherChoice) => Number(!near.has(one.departmentId));
    teachers.sort(
      (a, b) => far(a) - far(b) || family(a.name).localeCompare(family(b.name), 'en-GB'),
    );
    return { teachers, maySelf: true, graded };
  }

  more(): More {
    const { directory, signed } = this.#desk;
    return {
      roles: signed.grants.map((grant) => ({
        role: Role[grant.role] ?? '',
        org: directory.orgs.get(grant.org)?.name ?? '',
        fromMs: grant.fromDay === 0 ? null : grant.fromDay * dayMs,
        untilMs: grant.toDay === 0 ? null : grant.toDay * dayMs,
      })),
    };
  }

  #yourTurn(rows: readonly VisitRow[]): YourTurn[] {
    const desk = this.#desk;
    const turns: (readonly [number, YourTurn])[] = [];
    for (const row of rows) {
      const teacher = row.teacher?.name ?? '';
      const visitId = row.id;
      const visit = desk.visit(visitId);
      const first = row.question ? questionsOf(desk, visit)[0] : undefined;
      if (first !== undefined) {
        const n = questionsOf(desk, visit).length;
        turns.push([0, { kind: 'question', questionId: first.id, n, classCode: row.classCode }]);
      }
      const newest = visit.versions().at(-1);
      if (row.toMe && newest !== undefined && !visit.acknowledged().includes(newest.round)) {
        turns.push([
          2,
          { kind: 'newFeedback', visitId, observer: desk.directory.nameOf(visit.lead) },
        ]);
      }
      const [declined] = row.mine ? declinedOn(desk, visit) : [];
      if (declined !== undefined) {
        turns.push([1, { kind: 'declined', visitId, teacher, what: declined.what }]);
      }
      const answered = (key: string) => visit.answers.answers.some((a) => hex(a.query) === key);
      if (
        visit.observers.includes(desk.me) &&
        visit.response.queries.some((q) => q.closed !== true && !answered(hex(q.key)))
      ) {
        turns.push([1, { kind: 'asked', visitId, teacher }]);
      }
      if (awaitsAgreement(desk, visit)) turns.push([3, { kind: 'agree', visitId, teacher }]);
      const handedIn =
        (row.shown.state === 'submitted' && visit.revealed) ||
        (row.shown.state === 'willSubmit' && visit.observers.length === 1);
      if (visit.lead === desk.me && handedIn && !isRoomOfWalk(desk, visit)) {
        const days = schoolDays(desk, visit) ?? 0;
        turns.push([3, { kind: 'readyToShare', visitId, teacher, schoolDays: days }]);
      } else if (offerWaits(desk, visit)) {
        turns.push([3, { kind: 'offer', visitId, teacher }]);
      } else if (row.draft && !isRoomOfWalk(desk, visit)) {
        turns.push([5, { kind: 'draft', visitId, teacher }]);
      }
      if (visit.lead === desk.me && visit.phase.round > 0) {
        const due = visit.steps.steps.find(
          (step) => stepStatus(step.status) === 'open' && step.dueDay !== undefined,
        );
        const byMs = (due?.dueDay ?? 0) * dayMs;
        if (due !== undefined && byMs < desk.nowMs() + daysAhead * dayMs) {
          turns.push([4, { kind: 'lookIn', visitId, teacher, byMs }]);
        }
      }
    }
    const waiting = additionsWaiting(desk);
    if (waiting > 0) turns.push([4, { kind: 'additions', n: waiting }]);
    return turns.sort(([a], [b]) => a - b).map(([, turn]) => turn);
  }

  #news(rows: readonly VisitRow[]): News[] {
    const desk = this.#desk;
    const news: News[] = [];
    for (const row of rows) {
      const visit = desk.visit(row.id);
      if (!row.toMe && visit.lead !== desk.me) continue;
      const newest = visit.versions().at(-1);
      const atMs = newest?.atMs ?? 0;
      const praise = newest?.shared.strengths[0];
      if (row.toMe && praise !== undefined) {
        const observer = desk.directory.nameOf(visit.lead);
        news.push({ kind: 'praise', visitId: row.id, observer, text: praise, atMs });
      }
      if (visit.lead === desk.me && row.shown.state === 'acknowledged') {
        const teacher = row.teacher?.name ?? '';
        news.push({
          kind: 'acknowledged',
          visitId: row.id,
          teacher,
          version: row.shown.version,
          atMs,
        });
      }
    }
    const rank = (item: News) => (item.kind === 'praise' ? 0 : 1);
    return news.sort((a, b) => rank(a) - rank(b) || b.atMs - a.atMs);
  }
}

// The kinds that my roles may allow for the teacher, most usual first. Which people I am paired with is
// the server's to know: it says no where a pair is missing.
export function kindsFor(desk: Desk, teacher: string): Kind[] {
  const kinds: Kind[] = [];
  const person = desk.directory.people.get(teacher);
  const led = desk.departmentsLed();
  const leads = person?.departments.some((of) => led.includes(hex(of.org))) === true;
  if (leads || desk.isSenior) kinds.push('DEPT', 'TEAM', 'WALK');
  if (desk.isSenior || desk.holds(Role.AST)) kinds.push('AST');
  if (desk.holds(Role.MENTOR)) kinds.push('MENTOR');
  if (desk.holds(Role.COACH)) kinds.push('COACH');
  if (desk.holds(Role.PEER)) kinds.push('PEER');
  kinds.push('INFORMAL');
  return kinds;
}

// What the teacher's visits of this school year add up to, where a cap is set.
export function loadOf(desk: Desk, teacher: string): Load | null {
  const { policy } = desk.directory;
  if (policy?.loadCapVisits === undefined || policy.loadCapMinutes === undefined) return null;
  const notCounted = new Set<VisitKind>([
    VisitKind.SELF,
    VisitKind.INFORMAL,
    VisitKind.CALIB,
    ...(policy.walkCountsToCap === true ? [] : [VisitKind.WALK]),
  ]);
  let visits = 0;
  let minutes = 0;
  for (const visit of desk.allVisits()) {
    if (visit.teacher !== teacher || visit.phase.withdrawn || notCounted.has(visit.kind)) continue;
    visits += 1;
    minutes += visit.plan.minutes ?? 0;
  }
  return { visits, ofVisits: policy.loadCapVisits, minutes, ofMinutes: policy.loadCapMinutes };
}
