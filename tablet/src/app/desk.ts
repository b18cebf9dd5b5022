// The open store of the person who is in, with the school's directory at hand: what every page is made
// of, kept until something in it changes.
import { ReferenceSchema, Role } from '#proto/directory_pb';
import { type Step as StepMessage, StepStatus, VisitKind } from '#proto/observation_pb';
import { type CallerGrant, Disposition, Outcome, Reason } from '#proto/sync_pb';
import { classOfLetters, hex } from '../model/bytes';
import { Directory, initialsOf } from '../model/directory';
import { facetClass, VisitRecord } from '../model/visit';
import type { SealedGroup } from '../store/outbox';
import { intentOf, type PersonStore } from '../store/person-store';
import type { Kept, Kind, Moment, ParkReason, Person, Phase, Shown } from './contract';
import {
  type EndedRole,
  endedRoles,
  holdsOn,
  type Sight,
  type SightGrant,
  scopeLetters,
  sightOf,
} from './sight';
import { joinedVisit } from './together';

export const kinds: readonly Kind[] = [
  'DEPT',
  'WALK',
  'TEAM',
  'MENTOR',
  'COACH',
  'PEER',
  'AST',
  'INFORMAL',
  'REVIEW',
  'CALIB',
  'SELF',
  'GOVERNOR',
];
export const kindName = (kind: VisitKind): Kind => kinds[kind - 1] ?? 'INFORMAL';
export const kindNumber = (kind: Kind): VisitKind => kinds.indexOf(kind) + 1;

export const stepStatus = (status: StepStatus | undefined) => {
  switch (status) {
    case StepStatus.TRIED:
      return 'tried';
    case StepStatus.EMBEDDED:
      return 'embedded';
    case StepStatus.DROPPED:
      return 'dropped';
    default:
      return 'open';
  }
};

// Why a step was dropped; of one that was taken up again nothing is said.
export const droppedBecause = (step: StepMessage): string =>
  stepStatus(step.status) === 'dropped' ? (step.droppedBecause ?? '') : '';

const parkReasons: Readonly<Partial<Record<Reason, ParkReason>>> = {
  [Reason.MALFORMED]: 'damaged',
  [Reason.EQUIVOCATION]: 'damaged',
  [Reason.BLIND]: 'damaged',
  [Reason.UNKNOWN_AUTHOR]: 'unknownPerson',
  [Reason.SERVER_ONLY]: 'neverAllowed',
  [Reason.NEVER_ALLOWED]: 'neverAllowed',
  [Reason.TOO_LARGE]: 'tooLarge',
  [Reason.ENDED]: 'roleEnded',
  [Reason.CLOSED]: 'closed',
};
export const parkReason = (reason: Reason): ParkReason => parkReasons[reason] ?? 'damaged';

const endedShownMs = 14 * 86_400_000;

// A clock that is further off than this is not believed on its own.
const wrongClockMs = 10 * 60_000;

export interface Signed {
  readonly grants: readonly SightGrant[];
  readonly durableSeq: bigint;
  readonly lastContactMs: number;
}

export class Desk {
  readonly store: PersonStore;
  readonly me: string;
  readonly #nowMs: () => number;
  #directory: Directory | null = null;
  #directoryVersion = -1;
  #sight: Sight | null = null;
  #signed: Signed | null = null;
  #signedOf: StoredSigned | undefined;
  readonly #visits = new Map<string, { readonly version: number; readonly visit: VisitRecord }>();

  constructor(store: PersonStore, me: string, nowMs: () => number) {
    this.store = store;
    this.me = me;
    this.#nowMs = nowMs;
  }

  get signed(): Signed {
    const said = this.store.local<StoredSigned>('signed');
    if (this.#signed !== null && this.#signedOf === said) return this.#signed;
    this.#signedOf = said;
    this.#signed = {
      grants: (said?.grants ?? []).map(readGrant),
      durableSeq: BigInt(said?.durableSeq ?? 0),
      lastContactMs: said?.lastContactMs ?? 0,
    };
    return this.#signed;
  }

  // The tablet's clock, put right by what the server said of it.
  nowMs(): number {
    return this.#nowMs() + Number(this.store.outbox.row.clockOffsetMs);
  }

  // The latest time that was ever seen here: a clock that is set back prolongs nothing.
  latestMs(): number {
    const seen = this.store.local<number>('seenMs') ?? 0;
    return Math.max(this.nowMs(), seen, this.signed.lastContactMs);
  }

  // Shows what today and the lease let through. True: it is no longer what it was.
  lookAgain(leaseDays: number): boolean {
    const { grants, lastContactMs } = this.signed;
    const nowMs = this.latestMs();
    const sight = sightOf({ me: this.me, grants, lastContactMs, leaseDays, nowMs });
    if (this.#sight?.key === sight.key) return false;
    this.#sight = sight;
    this.store.show((facet, row) => sight.shows(facet, row.heldBy));
    return true;
  }

  // Roles that have ended: by their day, or at a contact of the last two weeks.
  endedRoles(): EndedRole[] {
    const nowMs = this.latestMs();
    const told = (this.store.local<EndedRole[]>('ended') ?? []).filter(
      ({ dateMs }) => nowMs - dateMs < endedShownMs,
    );
    const byDay = endedRoles(this.signed.grants, nowMs);
    return [...byDay, ...told.filter(({ org }) => byDay.every((ended) => ended.org !== org))];
  }

  get leaseOver(): boolean {
    return this.#sight?.leaseOver ?? false;
  }

  get directory(): Directory {
    if (this.#directory === null || this.#directoryVersion !== this.store.directoryVersion) {
      const directory = new Directory();
      for (const facets of this.store.base.records.values()) {
        for (const facet of facets.keys()) {
          if (classOfLetters(facet) !== facetClass.body) continue;
          directory.take(this.store.view(ReferenceSchema, facet).message);
        }
      }
      this.#directory = directory;
      this.#directoryVersion = this.store.directoryVersion;
    }
    return this.#directory;
  }

  visit(record: string): VisitRecord {
    const version = this.store.recordVersion(record);
    const kept = this.#visits.get(record);
    if (kept?.version === version) return kept.visit;
    const visit = new VisitRecord(this.store, record, joinedVisit(this, record));
    this.#visits.set(record, { version, visit });
    return visit;
  }

  // Visits that this person holds or has written, in no order.
  allVisits(): VisitRecord[] {
    return this.#visitsOf(this.store.allRecords());
  }

  // Of these, all in which they take part, and perhaps some that they were let read: few, where a leader
  // holds a school's.
  ownVisits(): VisitRecord[] {
    return this.#visitsOf(this.store.ownRecords(this.me));
  }

  #visitsOf(records: Iterable<string>): VisitRecord[] {
    const visits: VisitRecord[] = [];
    for (const record of records) {
      const visit = this.visitOf(record);
      if (visit !== null) visits.push(visit);
    }
    return visits;
  }

  // Null: the record is none of a visit.
  visitOf(record: string): VisitRecord | null {
    const facets = this.store.facetsOf(record);
    if (facets.some((facet) => classOfLetters(facet) >= facetClass.body)) return null;
    const visit = this.visit(record);
    return visit.hasPlan || facets.length > 0 ? visit : null;
  }

  person(id: string): Person {
    const name = this.directory.nameOf(id);
    return { id, name, initials: initialsOf(name) };
  }
  personOrNull(id: string): Person | null {
    return id === '' ? null : this.person(id);
  }

  holds(...roles: readonly Role[]): boolean {
    const today = Math.floor(this.latestMs() / 86_400_000);
    return this.signed.grants.some((g) => roles.includes(g.role) && holdsOn(g, today));
  }
  departmentsLed(): string[] {
    const today = Math.floor(this.latestMs() / 86_400_000);
    return this.signed.grants
      .filter((g) => g.role === Role.HOD && holdsOn(g, today))
      .map((g) => g.org);
  }
  get isSenior(): boolean {
    return this.holds(Role.SLT, Role.HEAD);
  }

  // When something was written on this tablet, as well as it knows.
  written(wallMs: number): Moment {
    const offset = Number(this.store.outbox.row.clockOffsetMs);
    if (Math.abs(offset) <= wrongClockMs) return { kind: 'at', ms: wallMs + offset };
    const fromMs = Math.min(this.signed.lastContactMs, this.nowMs());
    return { kind: 'between', fromMs, toMs: this.nowMs(), saidMs: wallMs };
  }

  // The person's own groups on a record, by place.
  groupsOn(record: string): SealedGroup[] {
    const groups: SealedGroup[] = [];
    for (const facet of this.store.facetsOf(record))
      groups.push(...this.store.outbox.groupsOf(facet));
    return groups.sort((a, b) => a.place - b.place);
  }

  // What waits on this tablet of a record: how many changes, and since when.
  waitingOn(record: string): { readonly changes: number; readonly sinceMs: number } {
    let changes = 0;
    let sinceMs = 0;
    const see = (ms: number) => {
      changes += 1;
      if (sinceMs === 0 || ms < sinceMs) sinceMs = ms;
    };
    for (const group of this.groupsOn(record))
      if (this.store.outbox.isUnsent(group)) see(group.wallMs);
    for (const [facet, open] of this.store.outbox.open) {
      if (facet.startsWith(record)) see(Number(open.wallMs));
    }
    return { changes, sinceMs };
  }

  kept(visit: VisitRecord): Kept {
    let newest = 0;
    for (const [facet, open] of this.store.outbox.open) {
      if (facet.startsWith(visit.id)) newest = Math.max(newest, Number(open.wallMs));
    }
    const groups = this.groupsOn(visit.id);
    // Sent, once nothing of it is only here.
    let sentMs = 0;
    for (const group of groups) {
      if (!this.store.outbox.isUnsent(group)) continue;
      const ms = this.store.outbox.sentMs(group);
      if (ms > 0) sentMs = Math.max(sentMs, ms);
      else newest = Math.max(newest, group.wallMs);
    }
    if (newest > 0) return { state: 'onTablet', at: this.written(newest) };
    if (sentMs > 0) return { state: 'sent', at: this.written(sentMs) };
    const owner = this.directory.nameOf(visit.lead);
    let storedMs = 0;
    let seq = 0n;
    const isWhole = groups.every(({ row }) => !row.unproven);
    for (const { row } of groups) {
      const { result } = row;
      if (result === undefined) continue;
      if (result.disposition === Disposition.QUARANTINED) {
        return { state: 'parkedNeeds', owner, reason: parkReason(result.reason) };
      }
      if (result.disposition === Disposition.LATE) return { state: 'parkedFor', owner };
      storedMs = Math.max(storedMs, Number(result.effMs));
      if (result.seq > seq) seq = result.seq;
    }
    const at: Moment = { kind: 'at', ms: storedMs || visit.planStampMs() };
    const { durableSeq, lastContactMs } = this.signed;
    if (isWhole && seq > 0n && seq <= durableSeq) {
      return { state: 'backup', at, tonight: false, backupMs: lastContactMs };
    }
    return { state: 'stored', at };
  }

  // An intent of this person that the server has not answered yet.
  pendingIntent(
    visit: VisitRecord,
    name: 'submit' | 'share' | 'withdraw' | 'close' | 'moveSheet',
  ): boolean {
    return this.groupsOn(visit.id).some(
      (group) =>
        group.kind === 2 &&
        group.row.result === undefined &&
        intentOf(group.body).what.case === name,
    );
  }

  // The number of the version that sharing would make now: after those that this tablet has asked for,
  // or else the server would take the second of two for the first again, and leave out what changed.
  nextVersion(visit: VisitRecord): number {
    let round = Math.max(visit.phase.round, visit.versions().at(-1)?.round ?? 0);
    for (const { kind, row, body } of this.groupsOn(visit.id)) {
      if (kind !== 2 || (row.result !== undefined && row.result.outcome !== Outcome.DONE)) continue;
      const { what } = intentOf(body);
      if (what.case === 'share') round = Math.max(round, what.value.round);
    }
    return round + 1;
  }

  shownTo(visit: VisitRecord): Shown {
    const { phase } = visit;
    if (phase.withdrawn) return { state: 'withdrawn' };
    if (this.pendingIntent(visit, 'share')) return { state: 'willShare' };
    const versions = visit.versions();
    const newest = versions.at(-1);
    const round = Math.max(phase.round, newest?.round ?? 0);
    if (round > 0) {
      const at: Moment = { kind: 'at', ms: newest?.atMs || visit.planStampMs() };
      const version = visit.acknowledged().at(-1) ?? 0;
      if (version > 0) return { state: 'acknowledged', version, at, changedSince: version < round };
      return { state: 'shared', version: round, at };
    }
    if (this.pendingIntent(visit, 'submit')) return { state: 'willSubmit' };
    if (visit.submitted(this.me) || phase.level >= 3) {
      return { state: 'submitted', at: { kind: 'at', ms: visit.planStampMs() } };
    }
    return { state: 'none' };
  }

  phaseName(visit: VisitRecord): Phase {
    const { withdrawn, level } = visit.phase;
    if (withdrawn) return 'withdrawn';
    if (level >= 5) return 'closed';
    if (level >= 4) return 'shared';
    if (level >= 3) return 'submitted';
    if (level >= 2 || visit.sheetOwners().length > 0) return 'draft';
    return 'planned';
  }

  isGraded(visit: VisitRecord): boolean {
    return visit.plan.rubricVersion !== undefined;
  }

  // When the visit was begun on this tablet; null: not here.
  startedMs(record: string): number | null {
    return this.store.local<number>(`started/${record}`) ?? visitStart(this.visit(record));
  }
}

const visitStart = (visit: VisitRecord): number | null => {
  const { lessonStartMs } = visit.plan;
  return lessonStartMs === undefined ? null : Number(lessonStartMs);
};

// --- What the server said of this person, as JSON. ---

interface StoredSigned {
  readonly grants: StoredGrant[];
  readonly durableSeq: string;
  readonly lastContactMs: number;
}

interface StoredGrant {
  readonly role: number;
  readonly org: string;
  readonly fromDay: number;
  readonly toDay: number;
  // Missing in what was stored before scopes were kept.
  readonly scopes?: readonly string[];
}

export const storeGrant = (grant: CallerGrant): StoredGrant => ({
  role: grant.role,
  org: hex(grant.org),
  fromDay: grant.fromDay,
  toDay: grant.toDay,
  scopes: grant.scopes.map(({ type, id }) => scopeLetters(type, id)),
});

export const readGrant = ({ scopes, ...grant }: StoredGrant): SightGrant => ({
  ...grant,
  scopes: scopes ?? null,
});

export { VisitKind };
