// Work that arrived late on visits that I lead, and that a person decides about.

import type { Outcome } from '../contract';
import type { ParkReason } from './tablet';

export interface Addition {
  readonly id: string;
  readonly visitId: string;
  // "Ms Kaur · 9M2"; empty where this tablet does not hold the visit.
  readonly title: string;
  readonly author: string;
  // Which page it would change. Its words are its author's alone until it is taken in.
  readonly page: 'plan' | 'sheet' | 'consensus' | 'feedback' | 'steps' | 'answers' | 'other';
  // Between which two moments, in milliseconds since 1970.
  readonly fromMs: number;
  readonly toMs: number;
  readonly reason: ParkReason;
  // False: nobody can take it in; its author may say why it matters.
  readonly mayTakeIn: boolean;
  // Taking it in was asked for, and the server has not answered.
  readonly asked: boolean;
  // Why it was left aside on this tablet; null: it was not.
  readonly leftBecause: string | null;
}

export interface Additions {
  // Oldest first; what was left aside last.
  readonly items: readonly Addition[];
  // When the server was asked; null: not yet.
  readonly asOfMs: number | null;
}

export interface AdditionGestures {
  // Asks the server for what waits; quietly does nothing without the network.
  readonly lookForAdditions: () => Promise<Outcome>;
  readonly takeIn: (additionId: string) => Promise<Outcome>;
  // It stays with the server, and in this list. An empty reason takes it up again.
  readonly leaveAside: (additionId: string, reason: string) => Promise<Outcome>;
}
