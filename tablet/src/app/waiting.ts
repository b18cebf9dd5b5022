// What waits on this tablet, by record, and why.
import { Disposition } from '#proto/sync_pb';
import type { Directory } from '../model/directory';
import type { VisitRecord } from '../model/visit';
import type { WaitingItem, WaitingNotice } from './contract';
import { declinedOn } from './declined';
import { type Desk, parkReason } from './desk';
import { practiceTitle } from './practice/title';
import type { Tablet } from './tablet';

const mostSchoolDays = 3;
// In holidays too nobody should wait longer to be told.
const mostMs = 7 * 86_400_000;
const clockNoticeMin = 10;
const intent = 2;

export function waitingItems(desk: Desk): WaitingItem[] {
  const items: WaitingItem[] = [];
  const records = new Set<string>();
  for (const facet of desk.store.outbox.facetsWritten()) records.add(facet.slice(0, 32));
  for (const record of records) {
    const practice = practiceTitle(desk, record);
    const visitId = practice === null ? record : null;
    const title = practice ?? titleOf(desk, desk.visit(record));
    const { changes, sinceMs } = desk.waitingOn(record);
    const isSent = visitId !== null && desk.kept(desk.visit(visitId)).state === 'sent';
    const kept = isSent ? ('sent' as const) : ('onTablet' as const);
    if (changes > 0) items.push({ visitId, title, changes, sinceMs, kept });
    const parked = desk
      .groupsOn(record)
      .filter(({ row: { result } }) => isParked(result?.disposition));
    const first = parked[0];
    if (first !== undefined) {
      const since = first.wallMs;
      items.push({
        visitId,
        title,
        changes: parked.length,
        sinceMs: since,
        kept: 'parked',
      });
    }
  }
  return items.sort((a, b) => a.sinceMs - b.sinceMs);
}

export function waitingNotices(
  desk: Desk,
  tablet: Tablet,
  nowMs: number,
  clockMinutes: number | null,
): WaitingNotice[] {
  const notices: WaitingNotice[] = [];
  const oldest = desk.store.outbox.oldestUnsentMs();
  if (oldest > 0 && isOld(desk.directory, oldest, nowMs))
    notices.push({ kind: 'old', sinceMs: oldest });
  const { refilling } = tablet.seen;
  if (refilling !== null) {
    const { k, n, backupMs } = refilling;
    notices.push({ kind: 'restored', fromMs: backupMs === 0 ? null : backupMs, k, n });
  }
  const busyMs = tablet.seen.busyUntilMs - nowMs;
  if (busyMs > 0) notices.push({ kind: 'serverBusy', seconds: Math.ceil(busyMs / 1000) });
  if (tablet.people.some((p) => p.id === desk.me && p.signInEnded))
    notices.push({ kind: 'signInEnded' });
  if (clockMinutes !== null && Math.abs(clockMinutes) >= clockNoticeMin) {
    const visits = new Set(
      [...desk.store.outbox.facetsWritten()].map((facet) => facet.slice(0, 32)),
    );
    notices.push({ kind: 'clock', minutes: clockMinutes, visits: visits.size });
  }
  if (desk.leaseOver) notices.push({ kind: 'leaseOver', sinceMs: desk.signed.lastContactMs });
  for (const { org, dateMs } of desk.endedRoles()) {
    const department = desk.directory.orgs.get(org)?.name ?? '';
    if (department !== '') notices.push({ kind: 'scopeEnded', department, dateMs });
  }
  const asked = new Set<string>();
  for (const group of desk.store.outbox.groups.values()) {
    if (group.kind === intent) asked.add(group.facet.slice(0, 32));
  }
  for (const visitId of asked) {
    const visit = desk.visit(visitId);
    for (const declined of declinedOn(desk, visit)) {
      const title = practiceTitle(desk, visitId) ?? titleOf(desk, visit);
      notices.push({ kind: 'declined', visitId, title, ...declined });
    }
  }
  for (const group of desk.store.outbox.groups.values()) {
    const { result } = group.row;
    if (result === undefined || !isParked(result.disposition)) continue;
    const visitId = group.facet.slice(0, 32);
    if (notices.some((n) => n.kind === 'refused' && n.visitId === visitId)) continue;
    notices.push({ kind: 'refused', reason: parkReason(result.reason), visitId });
  }
  return notices;
}

// Longer than three school days, or than a week.
export const isOld = (directory: Directory, sinceMs: number, nowMs: number): boolean =>
  directory.schoolDaysBetween(sinceMs, nowMs) > mostSchoolDays || nowMs - sinceMs >= mostMs;

const titleOf = (desk: Desk, visit: VisitRecord): string =>
  [desk.directory.nameOf(visit.teacher), visit.plan.classCode ?? '']
    .filter((part) => part !== '')
    .join(' · ');

const isParked = (disposition: Disposition | undefined) =>
  disposition === Disposition.QUARANTINED || disposition === Disposition.LATE;
