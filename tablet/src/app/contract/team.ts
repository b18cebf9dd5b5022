// One lesson that several people observed: pages written apart, and one view that all of them agree to.

import type { Outcome } from '../contract';
import type { Person } from './tablet';
import type { Rating } from './visit';

export interface Team {
  // Every page is in, or its observer is excused. Until then nobody reads another's page.
  readonly open: boolean;
  // Observers whose page may be missing. A tablet does not hear of the others' pages one by one: before
  // the pages open it is sure of its own person's only.
  readonly waitingFor: readonly Person[];
  // Observers of whom a page and an agreement are expected.
  readonly expected: readonly Person[];
  // The common levels so far, by element number; no entry: none yet. `undecided` with an empty question:
  // the lead is asked.
  readonly levels: Readonly<Record<number, Rating>>;
  // Why, where the pages differ; at most 2,000 bytes.
  readonly reason: string;
  // Who has agreed to just these levels. Another level afterwards asks everybody again.
  readonly agreed: readonly Person[];
  readonly iAgreed: boolean;
  // When the last of all agreed; null: not all have. 0: not known yet.
  readonly allAgreedMs: number | null;
}

export interface TeamGestures {
  // 1.. a level, 0 not seen, null takes it away. Refused ('notAllSubmitted') before the pages open.
  readonly setCommonLevel: (
    visitId: string,
    element: number,
    level: number | null,
  ) => Promise<Outcome>;
  // Takes each level over that all pages share and that has none yet.
  readonly takeSharedLevels: (visitId: string) => Promise<Outcome>;
  readonly setTeamReason: (visitId: string, text: string) => Promise<Outcome>;
  // Bound to the levels as this tablet shows them.
  readonly agree: (visitId: string) => Promise<Outcome>;
  // As the lead: no page is expected of that observer any more.
  readonly excuse: (visitId: string, observerId: string) => Promise<Outcome>;
}
