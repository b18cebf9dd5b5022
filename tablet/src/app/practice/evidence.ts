// What shows that the work of a cell of the management matrix is done: words, and records that the
// reader may open. Only records that name no teacher are offered: many leaders read the matrix.
import type { ManagementEvidence } from '#proto/management_pb';
import { hex } from '../../model/bytes';
import type { CellEvidence, EvidenceRecord } from '../contract';
import { type Desk, kindName } from '../desk';
import { heldReferrals, heldReviews } from './held';

const mostOffered = 24;
const letters = (id: Uint8Array | undefined) => (id === undefined ? '' : hex(id));
// Ids begin with the time of their making.
const madeMs = (record: string) => Number.parseInt(record.slice(0, 12), 16);

// The latest first.
export function evidenceRecords(desk: Desk, org: string): EvidenceRecord[] {
  const { directory } = desk;
  const nameOf = (scope: string) => directory.orgs.get(scope)?.name ?? '';
  const isHere = (scope: string) =>
    scope !== '' &&
    (scope === org || directory.siteOf(scope) === org || directory.siteOf(org) === scope);
  const found: EvidenceRecord[] = [];
  for (const { id, message } of heldReviews(desk)) {
    const scope = letters(message.scope);
    if (!isHere(scope)) continue;
    found.push({ record: id, kind: 'review', org: scope, name: nameOf(scope), dateMs: madeMs(id) });
  }
  for (const { id, message } of heldReferrals(desk)) {
    const scope = letters(message.department);
    if (message.subject !== undefined || !isHere(scope)) continue;
    found.push({ record: id, kind: 'plan', org: scope, name: nameOf(scope), dateMs: madeMs(id) });
  }
  for (const visit of desk.allVisits()) {
    // Calibrations are between their observers.
    if (visit.teacher !== '' || visit.phase.withdrawn || kindName(visit.kind) === 'CALIB') continue;
    const scope = letters(visit.plan.departmentAtLesson);
    if (!isHere(scope)) continue;
    const dateMs = Number(visit.plan.lessonStartMs ?? madeMs(visit.id));
    found.push({ record: visit.id, kind: 'visit', org: scope, name: nameOf(scope), dateMs });
  }
  return found.sort((a, b) => b.dateMs - a.dateMs).slice(0, mostOffered);
}

// Of a record that this person may not read, nothing is told but that there is one.
export const evidenceOf = (
  evidence: readonly ManagementEvidence[],
  records: readonly EvidenceRecord[],
): CellEvidence[] =>
  evidence.map(({ key, text = '', record }) => ({
    key: hex(key),
    words: text,
    isLink: record !== undefined,
    record: records.find((one) => one.record === letters(record)) ?? null,
  }));
