// What of the server's copy a tablet shows today: what a live role opens, for as long as the tablet was in
// touch lately.
//
// The server takes away what a person may no longer read, at the next contact. A tablet that stays away
// ends a role on the day that it was told, and shows nothing of others once its lease is over. What its
// person wrote here stays, and still goes to the server. All of this trusts the tablet's app and clock:
// the latest time that was ever seen here counts, so that a clock that is set back opens nothing.
import { type Bytes, classOfLetters, hex, subOfLetters } from '../model/bytes';
import { facetClass } from '../model/visit';

const dayMs = 86_400_000;
const staff = '01';
const person = '02';

export interface SightGrant {
  readonly role: number;
  // Letters; empty for a grant on people.
  readonly org: string;
  // Days since 1970; toDay 0: no end.
  readonly fromDay: number;
  readonly toDay: number;
  // Letters of 17 bytes; null: a store of before scopes were kept, which says nothing of them.
  readonly scopes: readonly string[] | null;
}

export interface SightFacts {
  // 32 letters.
  readonly me: string;
  readonly grants: readonly SightGrant[];
  // The last contact on the server's clock; 0: none yet.
  readonly lastContactMs: number;
  // 0: no lease.
  readonly leaseDays: number;
  // The latest time seen on this tablet, put right by the server's.
  readonly nowMs: number;
}

export interface Sight {
  // Equal for two moments that show the same.
  readonly key: string;
  readonly leaseOver: boolean;
  // Whether a facet (letters) that is held by these scopes (17 bytes each) shows. Reference records and
  // the person's own pages always do.
  readonly shows: (facet: string, heldBy: Uint8Array) => boolean;
}

export const holdsOn = (grant: Pick<SightGrant, 'fromDay' | 'toDay'>, day: number): boolean =>
  grant.fromDay <= day && (grant.toDay === 0 || grant.toDay >= day);

export function sightOf({ me, grants, lastContactMs, leaseDays, nowMs }: SightFacts): Sight {
  const leaseOver = leaseDays > 0 && lastContactMs > 0 && nowMs - lastContactMs > leaseDays * dayMs;
  const day = Math.floor(nowMs / dayMs);
  const knows = grants.every((grant) => grant.scopes !== null);
  const own = `${person}${me}`;
  const open = new Set<string>([own]);
  for (const grant of grants) {
    if (holdsOn(grant, day)) for (const scope of grant.scopes ?? []) open.add(scope);
  }
  const isOpen = (scope: string) => scope.startsWith(staff) || open.has(scope);
  return {
    key: `${leaseOver} ${knows} ${[...open].sort().join()}`,
    leaseOver,
    shows: (facet, heldBy) => {
      const of = classOfLetters(facet);
      if (of === facetClass.body) return true;
      if (of === facetClass.sheet && subOfLetters(facet) === me) return true;
      // Which visits are theirs, so that the pages are found; no word of anybody else.
      if (leaseOver) return of === facetClass.plan && isHeldBy(heldBy, (scope) => scope === own);
      return !knows || isHeldBy(heldBy, isOpen);
    },
  };
}

function isHeldBy(heldBy: Uint8Array, by: (scope: string) => boolean): boolean {
  for (let at = 0; at + 17 <= heldBy.length; at += 17) {
    if (by(hex(heldBy.subarray(at, at + 17)))) return true;
  }
  return false;
}

// The letters of a scope.
export const scopeLetters = (type: number, id: Uint8Array): string => {
  const bytes: Bytes = new Uint8Array(17);
  bytes[0] = type;
  bytes.set(id.subarray(0, 16), 1);
  return hex(bytes);
};

// `org`: letters. `dateMs`: the last day of the role, or when the server said that it had ended.
export interface EndedRole {
  readonly org: string;
  readonly dateMs: number;
}

// Roles in a department that have ended, as far as this tablet was told; the latest end first.
export function endedRoles(grants: readonly SightGrant[], nowMs: number): EndedRole[] {
  const day = Math.floor(nowMs / dayMs);
  const live = new Set(grants.filter((grant) => holdsOn(grant, day)).map(({ org }) => org));
  const ended = new Map<string, number>();
  for (const { org, toDay, scopes } of grants) {
    const opens = scopes?.some((scope) => !scope.startsWith(staff) && !scope.startsWith(person));
    if (org === '' || toDay === 0 || toDay >= day || opens !== true || live.has(org)) continue;
    ended.set(org, Math.max(ended.get(org) ?? 0, toDay * dayMs));
  }
  return [...ended].map(([org, dateMs]) => ({ org, dateMs })).sort((a, b) => b.dateMs - a.dateMs);
}

// Roles that opened something before a contact and that the server no longer names after it.
export function endedAtContact(
  before: readonly SightGrant[],
  after: readonly SightGrant[],
  nowMs: number,
): EndedRole[] {
  const day = Math.floor(nowMs / dayMs);
  const opens = ({ scopes, org }: SightGrant) =>
    org !== '' && scopes?.some((scope) => !scope.startsWith(person)) === true;
  const live = new Set(after.filter((g) => holdsOn(g, day)).map(({ org }) => org));
  const gone = before.filter((g) => opens(g) && !live.has(g.org));
  const dateOf = ({ toDay }: SightGrant) =>
    toDay !== 0 && toDay < day ? toDay * dayMs : Math.floor(nowMs);
  return [...new Map(gone.map((g) => [g.org, { org: g.org, dateMs: dateOf(g) }])).values()];
}
