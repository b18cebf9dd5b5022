// What the live roles of a person open, by what the server said of them last and by the day. A role
// that has ended opens nothing from its last day on, with or without a network.
import { OrgKind, Role } from '#proto/directory_pb';
import { hex } from '../../model/bytes';
import type { Area, Areas, EndedArea, Section } from '../contract';
import type { Desk } from '../desk';

const dayMs = 86_400_000;
// How long a page says that a role has ended.
const saidForMs = 14 * dayMs;
const seenName = 'areas';

const ofDepartment: readonly Section[] = [
  'coverage',
  'trends',
  'matrix',
  'pack',
  'cycle',
  'help',
  'management',
];
const ofSchool: readonly Section[] = [...ofDepartment, 'agreement', 'halfTerm'];
// Of an organisation that this tablet does not know, the pages say which it is.
const ofOutsiders: readonly Section[] = ['halfTerm', 'federation'];
const outsiders: readonly Role[] = [Role.GOVERNOR, Role.EXEC, Role.EXTERNAL];

export interface SeenArea {
  readonly key: string;
  readonly label: string;
  // 0: it goes on.
  readonly toDay: number;
  // 0: it is live.
  readonly endedMs: number;
}

const keyOf = (area: Area) => `${area.kind}/${area.org}`;

function liveGrants(desk: Desk) {
  const today = Math.floor(desk.nowMs() / dayMs);
  return desk.signed.grants.filter(
    ({ fromDay, toDay }) => fromDay <= today && (toDay === 0 || toDay >= today),
  );
}

export function openAreas(desk: Desk): Area[] {
  const { directory } = desk;
  const areas = new Map<string, Area>();
  const add = (kind: Area['kind'], org: string, sections: readonly Section[]) => {
    const area: Area = { kind, org, label: directory.orgs.get(org)?.name ?? '', sections };
    if (!areas.has(keyOf(area))) areas.set(keyOf(area), area);
  };
  for (const grant of liveGrants(desk)) {
    const org = grant.org;
    if (grant.role === Role.HOD) add('department', org, ofDepartment);
    if (grant.role === Role.SLT || grant.role === Role.HEAD) {
      add('school', org, ofSchool);
    }
    if (grant.role === Role.AST) add('referrals', schoolAt(desk, org), ['help', 'matrix']);
    if (outsiders.includes(grant.role)) {
      // Whoever holds no directory cannot be told here whether it is a school or what is above schools:
      // both pages are offered, and the server answers one of them. A partner reads one school.
      const mayBeAbove =
        isAboveSchools(desk, org) && (grant.role !== Role.EXTERNAL || desk.directory.orgs.has(org));
      for (const school of schoolsAt(desk, org)) {
        add('overview', school, school === org && mayBeAbove ? ofOutsiders : ['halfTerm']);
      }
      if (mayBeAbove) add('overview', org, ['federation']);
    }
    if (grant.role === Role.HEAD && desk.directory.orgs.has(org) && isAboveSchools(desk, org)) {
      add('overview', org, ['federation']);
    }
  }
  const rank = { department: 0, school: 1, referrals: 2, overview: 3 } as const;
  return [...areas.values()].sort(
    (a, b) => rank[a.kind] - rank[b.kind] || a.label.localeCompare(b.label, 'en-GB'),
  );
}

// An Advanced Skills Teacher's role names a school, or people only.
function schoolAt(desk: Desk, org: string): string {
  const { directory } = desk;
  return directory.siteOf(org) || directory.siteOf(directory.firstDepartment(desk.me));
}

function isAboveSchools(desk: Desk, org: string): boolean {
  const kind = desk.directory.orgs.get(org)?.kind;
  return kind === undefined || kind === OrgKind.FEDERATION || kind === OrgKind.PARTNERSHIP;
}

function schoolsAt(desk: Desk, org: string): string[] {
  const { orgs } = desk.directory;
  const own = orgs.get(org);
  // Governors and partners hold no directory: their role names the school.
  if (own === undefined) return [org];
  if (own.kind === OrgKind.SCHOOL || own.kind === OrgKind.SITE) return [org];
  return [...orgs].filter(([, one]) => hex(one.parent) === org).map(([id]) => id);
}

export function areasOf(desk: Desk, nowMs: number): Areas {
  const ended: EndedArea[] = (desk.store.local<SeenArea[]>(seenName) ?? [])
    .filter(({ endedMs }) => endedMs > 0 && nowMs - endedMs < saidForMs)
    .map(({ label, endedMs }) => ({ label, endedMs }));
  return { open: openAreas(desk), ended };
}

// What this person's tablet should remember of their areas; null: as it does.
export function areasToNote(desk: Desk): Record<string, SeenArea[]> | null {
  if (desk.signed.lastContactMs === 0) return null;
  const seen = desk.store.local<SeenArea[]>(seenName) ?? [];
  const open = openAreas(desk);
  const ends = new Map<string, number>();
  for (const grant of liveGrants(desk)) {
    const org = grant.org;
    for (const area of open) if (area.org === org) ends.set(keyOf(area), grant.toDay);
  }
  const next: SeenArea[] = open.map((area) => ({
    key: keyOf(area),
    label: area.label,
    toDay: ends.get(keyOf(area)) ?? 0,
    endedMs: 0,
  }));
  for (const one of seen) {
    if (next.some(({ key }) => key === one.key)) continue;
    // Before the directory has come, names are empty and nothing is known to have ended.
    if (one.label === '') continue;
    const now = desk.nowMs();
    const lastDay = one.toDay === 0 ? now : one.toDay * dayMs;
    next.push({ ...one, endedMs: one.endedMs || Math.min(lastDay, now) });
  }
  return JSON.stringify(next) === JSON.stringify(seen) ? null : { [seenName]: next };
}
