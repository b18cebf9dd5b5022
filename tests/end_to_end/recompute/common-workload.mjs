// The common workload's files as visits: what they are once every record and every edit has arrived.

import { dayOf, dayOfDate, halfTermOf } from './calendar.mjs';

const ELEMENTS = ['planning', 'subject_knowledge', 'pace', 'questioning', 'differentiation', 'behaviour', 'assessment', 'engagement', 'progress'];
const KINDS = { 'half-termly': 'DEPT', 'walk-round': 'WALK', 'peer-coaching': 'COACH', 'ast-review': 'AST', 'new-staff': 'MENTOR' };
// How far a status has come; an acknowledgement is the teacher's to give and says no more than "shared".
const REACHED = { draft: 2, submitted: 3, shared: 4, acknowledged: 4, closed: 5 };

export const ZONE = 'Europe/London';
export const POLICY = { walkRated: true, mentorCounts: false, atRiskSchoolDays: 10 };
export const TERMS = [
  [209, '2026-09-01', '2026-10-23'], [210, '2026-11-02', '2026-12-18'], [211, '2027-01-04', '2027-02-12'],
  [212, '2027-02-22', '2027-03-25'], [213, '2027-04-12', '2027-05-28'], [214, '2027-06-07', '2027-07-21'],
].map(([h2, from, to]) => ({ h2, from: dayOfDate(from), to: dayOfDate(to) }));
// Titles of the coverage rules, and the kind that each asks for.
export const RULES = { 'Half-termly observation': 'DEPT', 'Walk-round': 'WALK', 'Peer coaching': 'COACH' };
// In each department one head, whom nobody observes, besides its teachers.
export const HEADS_OF_DEPARTMENT = 1;

// `records` and `edits`: the parsed lines of the two files.
export function visitsOf(records, edits) {
  const sides = new Map();
  for (const edit of edits) {
    if (!sides.has(edit.record_id)) sides.set(edit.record_id, []);
    sides.get(edit.record_id).push(edit);
  }
  return records.map(({ record }) => visitOf(record, sides.get(record.id) ?? []));
}

function visitOf(record, edits) {
  const ratings = new Map(ELEMENTS.map((name, i) => [i + 1, [record.ratings[name]]]));
  // Both sides wrote from the same base: where both set one criterion, both values stay.
  const written = new Map();
  for (const { op } of edits.filter((e) => e.op.set === 'rating')) {
    const element = ELEMENTS.indexOf(op.criterion) + 1;
    if (element === 0) throw new Error(`no such criterion: ${op.criterion}`);
    written.set(element, [...(written.get(element) ?? []), op.value]);
  }
  for (const [element, values] of written) ratings.set(element, values);

  const statuses = [record.status, ...edits.filter((e) => e.op.set === 'status').map((e) => e.op.value)];
  const reached = Math.max(...statuses.map((status) => REACHED[status]));
  const startMs = Date.parse(record.started_at);
  return {
    id: record.id, kind: KINDS[record.kind], teacher: record.teacher_id, department: record.department_id,
    site: record.school_id, observers: [record.observer_id], startMs, h2: halfTermOf(TERMS, dayOf(startMs, ZONE)),
    rubric: `on ${record.scale} levels`, withdrawn: false, done: reached >= 3, shared: reached >= 4,
    sheets: new Map([[record.observer_id, { submitted: reached >= 3, ratings }]]), consensus: null, queries: [],
  };
}
