// What a person asked of the server and it did not do: told until they ask again and it does, or it no
// longer matters. Nothing that they wrote is touched by it.
import { Outcome } from '#proto/sync_pb';
import { hex } from '../model/bytes';
import type { VisitRecord } from '../model/visit';
import { intentOf } from '../store/person-store';
import type { Declined, DeclinedWhy, IntentName } from './contract';
import type { Desk } from './desk';

const whys: Readonly<Partial<Record<Outcome, DeclinedWhy>>> = {
  [Outcome.STALE]: 'stale',
  [Outcome.MISSING]: 'missing',
  [Outcome.NOT_ALLOWED]: 'notAllowed',
  [Outcome.NOT_ALL_SUBMITTED]: 'notAllSubmitted',
  [Outcome.OPEN_QUERY]: 'openQuery',
  [Outcome.CLOSED]: 'closed',
};

const intent = 2;

const cameHere = (desk: Desk, from: Uint8Array, here: string): boolean =>
  hex(desk.visit(hex(from)).plan.joinedInto ?? new Uint8Array(0)) === here;

export function declinedOn(desk: Desk, visit: VisitRecord): Declined[] {
  const newest = new Map<IntentName, DeclinedWhy | null>();
  for (const group of desk.groupsOn(visit.id)) {
    if (group.kind !== intent) continue;
    const asked = intentOf(group.body).what;
    const what = asked.case;
    if (what === undefined) continue;
    // Both said "one lesson" at once, and the other page came here: it is one.
    if (what === 'moveSheet' && cameHere(desk, asked.value.target, visit.id)) continue;
    const { result } = group.row;
    // Asked again by itself (together.ts).
    if (what === 'join' && result?.outcome === Outcome.MISSING) continue;
    newest.set(what, result === undefined ? null : (whys[result.outcome] ?? null));
  }
  const declined: Declined[] = [];
  for (const [what, why] of newest) if (why !== null) declined.push({ what, why });
  return declined;
}
