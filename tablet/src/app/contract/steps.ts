// Agreed steps and the visits that look in on them.

import type { Outcome } from '../contract';
import type { Step } from './visit';

export interface StepThread {
  // Where it was agreed.
  readonly visitId: string;
  readonly stepId: string;
  readonly text: string;
  readonly element: string;
  // The first moment of the day in UTC.
  readonly dueMs: number | null;
  readonly overdue: boolean;
  readonly status: Step['status'];
  // Why it was dropped; empty: it was not, or nobody said.
  readonly droppedBecause: string;
  // The step is of the person who looks.
  readonly mine: boolean;
  readonly teacher: string;
  readonly teacherId: string;
  // Who agreed it and looks in.
  readonly looksIn: string;
  readonly classCode: string;
  readonly agreedMs: number | null;
  // The visit that looks in; null: none is named.
  readonly check: {
    readonly visitId: string;
    readonly lessonMs: number | null;
    readonly isPlanned: boolean;
    readonly mayOpen: boolean;
  } | null;
  // This person may begin the look-in here.
  readonly mayLookIn: boolean;
  // The agreed load is used up: another visit needs a reason, which the form of new visits asks for.
  readonly loadFull: boolean;
  // This person's later visits to the teacher, latest first: one of them may have been the look-in.
  readonly mayLink: readonly { readonly visitId: string; readonly lessonMs: number }[];
}

export interface StepGestures {
  // Opens a visit of the same kind to the same teacher, which looks in on the step. `lessonMs` null: now.
  readonly lookIn: (
    visitId: string,
    stepId: string,
    lessonMs: number | null,
  ) => Promise<Outcome<{ readonly visitId: string }>>;
  readonly nameLookIn: (visitId: string, stepId: string, checkVisitId: string) => Promise<Outcome>;
}
