// The feedback loop beside the figures: the meeting's pack, the six-week cycle, help, how alike
// observers rate, and who holds what. As the server answers; days are first moments in UTC.

import type { Completeness, CoverState, HalfTerm } from './figures';
import type { Colleague, ReviewPlace } from './practice-writing';

// What colleagues wrote side by side without knowing of each other: the page shows the first, and what is
// saved next replaces all. A number is a day, in milliseconds.
export interface Differs {
  readonly field: string;
  readonly values: readonly (string | number)[];
}

// Where what this person wrote in a record is: at the server, on this tablet alone, or kept aside there
// because the server could not take it as it was.
export type KeptHere = 'stored' | 'onTablet' | 'parked';

// --- The weekly pack. ---

export interface PackItem {
  readonly key: string;
  readonly dayMs: number;
  readonly owner: string;
  readonly teacher: string;
  readonly text: string;
  readonly overdue: boolean;
  readonly revisits: number;
  readonly isPlan: boolean;
}

export interface PackCoverage {
  readonly title: string;
  readonly departments: readonly {
    readonly name: string;
    readonly done: number;
    readonly eligible: number;
    readonly booked: number;
    readonly bookSoon: number;
    readonly overdue: number;
    readonly waiting: readonly { readonly name: string; readonly state: CoverState }[];
  }[];
}

export interface Pack {
  readonly name: string;
  readonly dayMs: number;
  readonly halfTerm: HalfTerm | null;
  readonly praise: {
    readonly visits: number;
    readonly teachers: number;
    readonly words: readonly {
      readonly key: string;
      readonly teacher: string;
      readonly text: string;
    }[];
  };
  readonly decisions: readonly PackItem[];
  // Where a decision of the meeting is kept; null: no cycle runs.
  readonly place: ReviewPlace | null;
  readonly coverage: readonly PackCoverage[];
  // By author, A to Z: how many wait, and since when the longest does.
  readonly toShare: readonly {
    readonly author: string;
    readonly n: number;
    readonly sinceMs: number;
  }[];
  readonly notAcknowledged: number;
  readonly referrals: readonly PackItem[];
  readonly steps: { readonly n: number; readonly overdue: number };
  readonly cycle: CycleState | null;
  readonly cut: boolean;
  readonly complete: Completeness;
}

// --- The six-week cycle. ---

export interface CycleState {
  readonly id: string;
  readonly title: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly weeks: number;
  // 0: it has not begun, is over, or pauses for a holiday.
  readonly week: number;
  // The Monday of the next week that has not begun; null: none.
  readonly nextWeek: { readonly number: number; readonly fromMs: number } | null;
  readonly nextCheckpointMs: number | null;
}

export interface CycleDecision {
  readonly key: string;
  readonly text: string;
  readonly owner: string;
  // Letters; empty: nobody.
  readonly ownerId: string;
  readonly dueMs: number | null;
  readonly done: boolean;
  readonly overdue: boolean;
  readonly differs: readonly Differs[];
}

export interface CycleAim {
  readonly key: string;
  readonly text: string;
  // What the number is to reach; null: words alone.
  readonly value: number | null;
  readonly atMost: boolean;
  // What staff typed last; null: nothing yet.
  readonly now: number | null;
  readonly differs: readonly Differs[];
}

export interface CycleReview {
  // Letters; empty: nobody has begun it.
  readonly record: string;
  readonly cycle: string;
  readonly scope: string;
  readonly name: string;
  readonly begun: boolean;
  // It is on this tablet, or not begun: it may be written in.
  readonly mayWrite: boolean;
  readonly kept: KeptHere;
  readonly targets: readonly CycleAim[];
  readonly targetsMet: number;
  readonly targetsMeasured: number;
  readonly checkPoints: readonly {
    readonly week: number;
    readonly state: 'onTrack' | 'behind' | 'reached' | 'none';
    readonly text: string;
    readonly differs: readonly Differs[];
  }[];
  readonly decisions: readonly CycleDecision[];
}

export interface Cycle {
  // Null: the school has none.
  readonly state: CycleState | null;
  readonly reviews: readonly CycleReview[];
  readonly complete: Completeness;
}

// --- Help. ---

export interface HelpThread {
  readonly id: string;
  readonly isPlan: boolean;
  // Empty: a department is helped.
  readonly teacher: string;
  readonly department: string;
  readonly helper: string;
  readonly elements: readonly string[];
  readonly aims: readonly string[];
  readonly consent: 'given' | 'refused' | 'waiting';
  // In the teacher's words.
  readonly consentWords: string;
  // `draft`: its opener's alone.
  readonly level: 'draft' | 'open' | 'consented' | 'active' | 'outcome' | 'closed';
  readonly outcome: 'embedded' | 'continuing' | 'notNeeded' | null;
  readonly nextMs: number | null;
  readonly revisits: readonly {
    readonly visitId: string;
    readonly lessonMs: number | null;
    readonly mayOpen: boolean;
  }[];
  readonly steps: readonly {
    readonly key: string;
    readonly text: string;
    readonly dueMs: number | null;
    readonly status: 'open' | 'tried' | 'embedded' | 'dropped';
    readonly overdue: boolean;
  }[];
  // Of the referred elements, from consent on.
  readonly evidence: readonly { readonly element: string; readonly level: number }[];
  readonly teacherId: string;
  // What this person may do.
  readonly part: 'opener' | 'helper' | 'teacher' | 'leader';
  // It is on this tablet: it may be written in.
  readonly held: boolean;
  readonly kept: KeptHere;
  // An action that waits for the server.
  readonly asked: 'share' | 'withdraw' | 'close' | null;
  // Visits on this tablet that may be named as re-visits, latest first.
  readonly mayLink: readonly { readonly visitId: string; readonly lessonMs: number }[];
  readonly differs: readonly Differs[];
}

export interface ReferralChoices {
  // Teachers whom this person leads, A to Z.
  readonly teachers: readonly (Colleague & { readonly departmentId: string })[];
  readonly departments: readonly { readonly id: string; readonly name: string }[];
  readonly elements: readonly { readonly number: number; readonly title: string }[];
  // By teacher: shared visits on this tablet that may be named as reasons, latest first.
  readonly visits: readonly {
    readonly visitId: string;
    readonly teacherId: string;
    readonly lessonMs: number;
    readonly classCode: string;
  }[];
}

export interface Help {
  readonly threads: readonly HelpThread[];
  // Null: this person opens none.
  readonly mayRefer: ReferralChoices | null;
  readonly departments: readonly {
    readonly name: string;
    readonly points: readonly {
      readonly halfTerm: HalfTerm;
      readonly levels: readonly { readonly element: string; readonly tenths: number }[];
    }[];
  }[];
  readonly complete: Completeness;
}

// --- How alike observers rate. ---

export interface Estimate {
  // Hundredths; may be negative.
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface AgreementFigures {
  readonly pairs: number;
  readonly visits: number;
  readonly observers: number;
  readonly exact: number;
  readonly withinOne: number;
  readonly kappa: Estimate | null;
  readonly icc: Estimate | null;
  readonly withheld: boolean;
}

export interface CertificateSeen {
  readonly name: string;
  readonly state: 'none' | 'valid' | 'endsSoon' | 'expired';
  readonly untilMs: number | null;
  readonly drift: boolean;
}

export interface Agreement {
  readonly fromMs: number;
  readonly own: AgreementFigures | null;
  readonly ownElements: readonly { readonly title: string; readonly figures: AgreementFigures }[];
  readonly certificate: CertificateSeen;
  // Null: not asked for.
  readonly school: AgreementFigures | null;
  readonly schoolElements: readonly {
    readonly title: string;
    readonly figures: AgreementFigures;
  }[];
  // A to Z.
  readonly certificates: readonly CertificateSeen[];
  readonly doubleCoded: number;
  readonly doubleCodable: number;
  readonly complete: Completeness;
}

// --- The management matrix. ---

// A record that can be named as evidence: a review of a cycle, a plan for a department, a visit to one.
export interface EvidenceRecord {
  readonly record: string;
  readonly kind: 'review' | 'plan' | 'visit';
  // The department or school.
  readonly org: string;
  readonly name: string;
  readonly dateMs: number;
}

export interface CellEvidence {
  readonly key: string;
  readonly words: string;
  // It names a record; null: one that this person may not open, or that is not on this tablet.
  readonly isLink: boolean;
  readonly record: EvidenceRecord | null;
}

export interface ManagementEntry {
  readonly key: string;
  readonly role: string;
  readonly fn: string;
  readonly strand: 'teaching' | 'learning' | 'behaviour' | 'whole';
  readonly owner: string;
  readonly objective: string;
  readonly status: 'none' | 'planned' | 'underWay' | 'inPlace' | 'needsHelp';
  readonly evidence: number;
  readonly untilMs: number | null;
  readonly ownerId: string;
  readonly evidenceList: readonly CellEvidence[];
  readonly handOver: string;
  // It is on this tablet: it may be written in.
  readonly held: boolean;
  readonly kept: KeptHere;
  readonly differs: readonly Differs[];
}

export interface Management {
  readonly name: string;
  // What may be named as evidence, the latest first.
  readonly mayLink: readonly EvidenceRecord[];
  // Whose new cells are: letters.
  readonly scope: string;
  readonly roles: readonly string[];
  readonly functions: readonly string[];
  readonly cells: readonly ManagementEntry[];
  readonly gaps: readonly {
    readonly key: string;
    // The cell's record; empty: there is none.
    readonly cell: string;
    readonly role: string;
    readonly fn: string;
    readonly strand: ManagementEntry['strand'];
    readonly why: 'noCell' | 'noOwner' | 'ownerGone' | 'noObjective' | 'noEvidence';
  }[];
  readonly complete: Completeness;
}
