// The feedback loop beside the figures: the meeting's pack, the six-week cycle, help, how alike
// observers rate, and who holds what. As the server answers; days are first moments in UTC.

import type { Completeness, CoverState, HalfTerm } from './figures';

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

export interface CycleReview {
  readonly scope: string;
  readonly name: string;
  // Nobody has begun it.
  readonly begun: boolean;
  readonly targets: readonly {
    readonly key: string;
    readonly text: string;
    readonly aim: string;
  }[];
  readonly targetsMet: number;
  readonly targetsMeasured: number;
  readonly checkPoints: readonly {
    readonly week: number;
    readonly state: 'onTrack' | 'behind' | 'reached' | 'none';
    readonly text: string;
  }[];
  readonly decisions: readonly {
    readonly key: string;
    readonly text: string;
    readonly owner: string;
    readonly dueMs: number | null;
    readonly done: boolean;
    readonly overdue: boolean;
  }[];
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
  readonly level: 'open' | 'consented' | 'active' | 'outcome' | 'closed';
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
}

export interface Help {
  readonly threads: readonly HelpThread[];
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
}

export interface Management {
  readonly name: string;
  readonly roles: readonly string[];
  readonly functions: readonly string[];
  readonly cells: readonly ManagementEntry[];
  readonly gaps: readonly {
    readonly key: string;
    readonly role: string;
    readonly fn: string;
    readonly strand: ManagementEntry['strand'];
    readonly why: 'noCell' | 'noOwner' | 'ownerGone' | 'noObjective' | 'noEvidence';
  }[];
  readonly complete: Completeness;
}
