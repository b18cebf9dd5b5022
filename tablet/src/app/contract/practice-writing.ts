// What leaders, helpers and teachers write on the pages of the feedback loop. Each is a change on the
// tablet first, as everything that is written.

import type { Outcome } from '../contract';
import type { CycleReview, HelpThread, ManagementEntry } from './practice';

// A colleague who may be named as an owner or helper.
export interface Colleague {
  readonly id: string;
  readonly name: string;
  // Their first one.
  readonly department: string;
}

// Whose review of which cycle. The first who writes begins it.
export interface ReviewPlace {
  readonly cycle: string;
  readonly scope: string;
  // Empty: nobody has begun it, as far as this tablet knows.
  readonly record: string;
}

export interface DecisionChange {
  // At most 1,000 bytes.
  readonly text?: string;
  readonly owner?: string;
  // The first moment of the day in UTC.
  readonly dueMs?: number;
  readonly done?: boolean;
}

export interface AimChange {
  // At most 500 bytes.
  readonly text?: string;
  // What the number is to reach; null: words alone.
  readonly value?: number | null;
  readonly atMost?: boolean;
  // What it is now; null: not counted yet.
  readonly now?: number | null;
}

export interface CellPlace {
  readonly scope: string;
  readonly role: string;
  // At most 64 bytes.
  readonly fn: string;
  readonly strand: ManagementEntry['strand'];
}

export interface CellChange {
  readonly owner?: string;
  // At most 1,000 bytes.
  readonly objective?: string;
  readonly status?: ManagementEntry['status'];
  // One piece of evidence more; at most 500 bytes.
  readonly evidence?: string;
  // A record that shows it, with or without words.
  readonly evidenceRecord?: string;
  // At most 2,000 bytes.
  readonly handOver?: string;
}

export interface NewReferral {
  // Empty: a department's plan.
  readonly teacher: string;
  readonly department: string;
  // Empty: a support plan names nobody.
  readonly helper: string;
  readonly isPlan: boolean;
  readonly elements: readonly number[];
  // Visits that gave the reason.
  readonly sources: readonly string[];
  // At most 1,000 bytes.
  readonly aim: string;
  readonly untilMs: number | null;
}

export interface PracticeGestures {
  // `key` null: a new one. A new decision needs words, an owner and a day.
  readonly decide: (
    place: ReviewPlace,
    key: string | null,
    change: DecisionChange,
  ) => Promise<Outcome>;
  readonly aimFor: (place: ReviewPlace, key: string | null, change: AimChange) => Promise<Outcome>;
  // `week` from 1; `text` at most 500 bytes.
  readonly lookAtWeek: (
    place: ReviewPlace,
    week: number,
    state: CycleReview['checkPoints'][number]['state'],
    text: string,
  ) => Promise<Outcome>;
  // Begins a cell of the management matrix.
  readonly beginCell: (place: CellPlace, change: CellChange) => Promise<Outcome>;
  readonly changeCell: (record: string, change: CellChange) => Promise<Outcome>;
  // A draft that only its opener reads.
  readonly refer: (referral: NewReferral) => Promise<Outcome<{ readonly record: string }>>;
  // Opens it to its teacher.
  readonly openReferral: (record: string) => Promise<Outcome>;
  readonly takeReferralBack: (record: string, reason: string) => Promise<Outcome>;
  readonly closeReferral: (record: string) => Promise<Outcome>;
  readonly aimOfReferral: (record: string, text: string) => Promise<Outcome>;
  readonly linkRevisit: (record: string, visitId: string) => Promise<Outcome>;
  readonly concludeReferral: (
    record: string,
    outcome: NonNullable<HelpThread['outcome']>,
  ) => Promise<Outcome>;
  // By the teacher; may be said anew.
  readonly answerReferral: (record: string, given: boolean, words: string) => Promise<Outcome>;
}
