// One lesson, several tablets: a colleague joins the visit that another one opened.

import type { Outcome } from '../contract';
import type { Person } from './tablet';

// What a code says of a visit, before anything is written.
export interface ColleaguesVisit {
  readonly teacher: Person;
  readonly lead: Person;
  // Empty: not said.
  readonly classCode: string;
  readonly room: string;
  readonly lessonMs: number;
  // It is this person's own lesson, which they cannot observe.
  readonly mine: boolean;
}

export interface TogetherGestures {
  // Of Visit.joinCode, as a camera read it; or of the ten letters, if this tablet holds the visit's plan.
  // Null: no visit that can be joined.
  readonly colleaguesVisit: (code: string) => ColleaguesVisit | null;
  // The person has a page in it at once, also offline; the server decides whether they are one of its
  // observers, and a refusal is told on the visit.
  readonly joinVisit: (code: string) => Promise<Outcome<{ readonly visitId: string }>>;
}
