// A visit as a person's store shows it: its facets as messages, who is who in it, and who may read it.
import { create, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import {
  type Answers,
  AnswersSchema,
  type Feedback,
  FeedbackSchema,
  Level,
  type Plan,
  PlanSchema,
  type Response,
  ResponseSchema,
  type SharedVersion,
  SharedVersionSchema,
  type Sheet,
  SheetSchema,
  type Steps,
  StepsSchema,
  VersionSchema,
  type VisitKind,
} from '#proto/observation_pb';
import type { AudienceFacts, Core, Phase, Scope } from '../../core/core';
import {
  type Bytes,
  classOfLetters,
  equal,
  hex,
  isZero,
  keyNumber,
  subOfLetters,
  unhex,
  zeroId,
} from './bytes';
import type { Directory } from './directory';
import type { Disputed, View } from './view';

export const facetClass = {
  plan: 1,
  sheet: 2,
  consensus: 3,
  feedback: 4,
  version: 5,
  response: 6,
  steps: 7,
  answers: 8,
  body: 10,
  consent: 11,
  evidence: 12,
  referral: 13,
  cycleReview: 14,
  managementCell: 15,
} as const;

// Whoever can show facets.
export interface FacetSource {
  readonly core: Core;
  shown(facet: string): Bytes;
  view<Desc extends DescMessage>(message: Desc, facet: string): View<Desc>;
  facetsOf(record: string): readonly string[];
}

// A visit that this person joined by its code: what stands for the plan until it is here, and who joins.
export interface Joined {
  readonly plan: Plan;
  readonly me: string;
}

export interface VersionSeen {
  readonly round: number;
  readonly facet: string;
  readonly shared: SharedVersion;
  // When the server wrote it, milliseconds.
  readonly atMs: number;
}

// The server's stamp as milliseconds: 48 bits of time and 16 of order.
export const stampMs = (stamp: bigint): number => Number(stamp >> 16n);

const nothingShared = create(SharedVersionSchema);

export class VisitRecord {
  readonly id: string;
  readonly plan: Plan;
  readonly hasPlan: boolean;
  // Letters of ids; empty: none.
  readonly teacher: string;
  readonly lead: string;
  readonly observers: readonly string[];
  readonly #source: FacetSource;
  readonly #facets: readonly string[];
  readonly #planStamp: bigint;
  // Kept for as long as this record is: it is made anew when the visit changes.
  #versions: readonly VersionSeen[] | null = null;
  #acknowledged: readonly number[] | null = null;

  constructor(source: FacetSource, id: string, joined: Joined | null = null) {
    this.id = id;
    this.#source = source;
    this.#facets = source.facetsOf(id);
    const planFacet = this.facet(facetClass.plan);
    const plan = source.view(PlanSchema, planFacet);
    this.plan = plan.message.kind === undefined && joined !== null ? joined.plan : plan.message;
    this.#planStamp = plan.newestStamp;
    this.hasPlan = this.plan.kind !== undefined;
    this.teacher = hex(this.plan.teacher ?? new Uint8Array(0));
    this.lead = this.plan.lead !== undefined ? hex(this.plan.lead) : this.#creator(planFacet);
    const named = this.plan.observers.map((observer) => hex(observer.person));
    const observers = named.length > 0 || this.lead === '' ? named : [this.lead];
    // Whoever joins writes a page from the first moment on.
    const isNew = joined !== null && !observers.includes(joined.me);
    this.observers = isNew ? [...observers, joined.me] : observers;
  }

  facet(of: number, sub: Uint8Array = zeroId): string {
    return this.id + of.toString(16).padStart(2, '0') + hex(sub);
  }
  holds(facet: string): boolean {
    return this.#facets.includes(facet);
  }
  get kind(): VisitKind {
    return this.plan.kind ?? 0;
  }
  get phase(): Phase {
    const { withdrawn = false, round = 0, level = 0 } = this.plan.phase ?? {};
    return { withdrawn, round, level };
  }
  department(directory: Directory): string {
    const said = this.plan.departmentAtLesson;
    return said !== undefined ? hex(said) : directory.firstDepartment(this.teacher);
  }

  sheet(observer: string): Sheet {
    return this.#message(SheetSchema, this.facet(facetClass.sheet, unhex(observer)));
  }
  sheetOwners(): string[] {
    const sheets = this.#facets.filter((facet) => classOfLetters(facet) === facetClass.sheet);
    return sheets.map(subOfLetters);
  }
  get feedback(): Feedback {
    return this.#message(FeedbackSchema, this.facet(facetClass.feedback));
  }
  get steps(): Steps {
    return this.#message(StepsSchema, this.facet(facetClass.steps));
  }
  get response(): Response {
    return this.#message(
      ResponseSchema,
      this.facet(facetClass.response, unhex(this.teacher || '00'.repeat(16))),
    );
  }
  // The versions that the teacher has read, ascending: an acknowledgement names the bytes that it is about,
  // so one of another text under the same number is none of this version.
  acknowledged(): readonly number[] {
    this.#acknowledged ??= this.response.acks
      .filter(({ version, digest }) => {
        const seen = this.versions().find(({ round }) => round === version);
        if (seen === undefined || digest === undefined) return false;
        const held = this.#source.shown(seen.facet);
        return equal(digest, this.#source.core.digests(unhex(seen.facet), held).facet);
      })
      .map(({ version }) => version)
      .sort((a, b) => a - b);
    return this.#acknowledged;
  }
  get answers(): Answers {
    return this.#message(AnswersSchema, this.facet(facetClass.answers));
  }
  #readVersions(): VersionSeen[] {
    const found: VersionSeen[] = [];
    for (const facet of this.#facets) {
      if (classOfLetters(facet) !== facetClass.version) continue;
      const view = () => this.#source.view(VersionSchema, facet);
      found.push({
        round: keyNumber(unhex(subOfLetters(facet))),
        facet,
        // A list of thousands of visits reads the newest of each alone.
        get shared() {
          return view().message.shared ?? nothingShared;
        },
        get atMs() {
          return stampMs(view().newestStamp);
        },
      });
    }
    return found.sort((a, b) => a.round - b.round);
  }
  submitted(observer: string): boolean {
    return (this.sheet(observer).phase?.level ?? 0) >= Level.SUBMITTED;
  }
  excused(observer: string): boolean {
    return this.plan.observers.some((o) => hex(o.person) === observer && o.excused === true);
  }
  get revealed(): boolean {
    return this.observers.every((o) => this.submitted(o) || this.excused(o));
  }

  // Values that differ, on facets of this person.
  disputed(message: DescMessage, facet: string): readonly Disputed[] {
    return this.holds(facet) ? this.#source.view(message, facet).disputed : [];
  }

  // What Audience decides on, as far as this tablet's directory says it: other people's posts are not
  // in it, so a teacher who leads is known as one only to themself.
  audienceFacts(directory: Directory, leadRule: 0 | 1 | 2, heads: readonly Bytes[]): AudienceFacts {
    const department = this.department(directory);
    const id = (letters: string) => (letters === '' ? zeroId : unhex(letters));
    return {
      hasPlan: this.hasPlan,
      kind: this.kind,
      phase: this.phase,
      revealed: this.revealed,
      announced: this.plan.announced === true,
      lead: id(this.lead),
      teacher: id(this.teacher),
      department: id(department),
      school: id(directory.siteOf(department)),
      review: zeroId,
      leadRule,
      observers: this.observers.map(unhex),
      heads,
      readers: this.plan.readGrants.map((grant) => Uint8Array.from(grant.person)),
    };
  }

  audience(facet: string, facts: AudienceFacts): Scope[] {
    return this.#source.core.audience(unhex(facet), zeroId, facts);
  }

  // The newest stamp of the plan: when the server last wrote or took something of it.
  planStampMs(): number {
    return stampMs(this.#planStamp);
  }

  // Ascending by round.
  versions(): readonly VersionSeen[] {
    this.#versions ??= this.#readVersions();
    return this.#versions;
  }

  #message<Desc extends DescMessage>(message: Desc, facet: string): MessageShape<Desc> {
    return this.#source.view(message, facet).message;
  }

  // Who wrote the plan's kind: the lead where none is named.
  #creator(planFacet: string): string {
    for (const cell of this.#source.core.readCells(this.#source.shown(planFacet))) {
      const { path, siblings } = cell;
      const author = siblings[0]?.author;
      if (path.length === 3 && path[1] === 2 && author !== undefined && !isZero(author))
        return hex(author);
    }
    return '';
  }
}
