// The recomputation itself, on cases small enough to be worked by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dayOf, dayOfDate, halfTermOf, schoolDays, startOfDay } from './calendar.mjs';
import * as common from './common-workload.mjs';
import { Comparison, ONLY_SITE, jsonValuesIn, uuidOf } from './compare.mjs';
import { groupFigures, histogram, isCounted, levelsOf, lowerMedian, meanMillionths, teacherFigures } from './figures.mjs';
import * as gestures from './gestures.mjs';

const POLICY = { walkRated: true, mentorCounts: false };

function visit(changes = {}) {
  return {
    id: 'v', kind: 'DEPT', teacher: 't', department: 'd', site: 's', observers: ['o'], startMs: 1000, h2: 209,
    rubric: 'r', withdrawn: false, shared: true, done: true, sheets: new Map([['o', sheet({ 1: [2] })]]),
    consensus: null, queries: [], ...changes,
  };
}
const sheet = (ratings, submitted = true) => ({ submitted, ratings: new Map(Object.entries(ratings).map(([e, v]) => [Number(e), v])) });

test('a day is the day in the zone, and a holiday belongs to the half-term before it', () => {
  assert.equal(dayOf(Date.parse('2026-09-01T22:59:59Z'), 'Europe/London'), dayOfDate('2026-09-01'));
  assert.equal(dayOf(Date.parse('2026-09-01T23:00:00Z'), 'Europe/London'), dayOfDate('2026-09-02'), 'summer time');
  assert.equal(startOfDay(dayOfDate('2026-09-14'), 'Europe/London'), Date.parse('2026-09-13T23:00:00Z'));
  assert.equal(startOfDay(dayOfDate('2026-12-01'), 'Europe/London'), Date.parse('2026-12-01T00:00:00Z'));
  const cases = { '2026-08-31': 0, '2026-09-01': 209, '2026-10-25': 209, '2026-11-01': 209, '2026-11-02': 210 };
  for (const [day, h2] of Object.entries(cases)) assert.equal(halfTermOf(common.TERMS, dayOfDate(day)), h2, day);
  assert.equal(schoolDays(dayOfDate('2026-10-16'), dayOfDate('2026-10-20')).length, 3, 'a Friday to a Tuesday');
});

test('medians and means by hand', () => {
  assert.equal(lowerMedian([]), 0);
  assert.equal(lowerMedian([3]), 3);
  assert.equal(lowerMedian([4, 1]), 1);
  assert.equal(lowerMedian([4, 1, 2]), 2);
  assert.equal(lowerMedian([4, 1, 2, 3]), 2);
  assert.equal(meanMillionths(8, 3), 2_666_667n);
  assert.equal(meanMillionths(10, 3), 3_333_333n);
  assert.equal(meanMillionths(0, 0), 0n);
  assert.deepEqual(histogram([1, 4, 4], 4), [1, 0, 0, 2]);
  assert.throws(() => histogram([5], 4));
});

test('which visits count', () => {
  assert.ok(isCounted(visit(), POLICY));
  assert.ok(isCounted(visit({ kind: 'WALK' }), POLICY));
  assert.ok(!isCounted(visit({ kind: 'WALK' }), { walkRated: false }));
  for (const no of [{ kind: 'MENTOR' }, { kind: 'COACH' }, { shared: false }, { withdrawn: true }, { teacher: null }]) {
    assert.ok(!isCounted(visit(no), POLICY), JSON.stringify(no));
  }
});

test('levels: teams, two values, not seen, queries, consensus', () => {
  const level = (v, element = 1) => levelsOf(v).get(element);
  assert.deepEqual(level(visit()), { level: 2, unresolved: false });
  assert.deepEqual(level(visit({ sheets: new Map([['o', sheet({ 1: [2, 3] })]]) })), { level: 0, unresolved: true });
  assert.deepEqual(level(visit({ sheets: new Map([['o', sheet({ 1: [2, 2] })]]) })), { level: 2, unresolved: false });
  const team = visit({ observers: ['a', 'b', 'c'], sheets: new Map([['a', sheet({ 1: [4], 2: [1, 2] })], ['b', sheet({ 1: [0], 2: [3] })], ['c', sheet({ 1: [1] })]]) });
  assert.deepEqual(level(team), { level: 1, unresolved: false }, 'of 4 and 1 the lower');
  assert.deepEqual(level(team, 2), { level: 3, unresolved: true }, 'the others still speak');
  assert.equal(level({ ...team, consensus: { agreed: true, ratings: new Map([[1, [3]]]) } }).level, 3);
  assert.equal(levelsOf({ ...team, consensus: { agreed: true, ratings: new Map([[1, [3]]]) } }).has(2), false);
  assert.equal(level({ ...team, consensus: { agreed: false, ratings: new Map([[1, [3]]]) } }).level, 1);
  assert.equal(level(visit({ queries: [{ element: 1, open: true }] })).level, 0);
  assert.equal(level(visit({ queries: [{ element: 0, open: true }] })).level, 0);
  assert.equal(level(visit({ queries: [{ element: 1, open: false }, { element: 2, open: true }] })).level, 2);
  assert.equal(levelsOf(visit({ sheets: new Map([['o', sheet({ 1: [4] }, false)]]) })).size, 0, 'not handed in');
});

test('a department is the mean of its teachers, a teacher the mean of the lessons', () => {
  const of = (teacher, level, startMs) => visit({ id: `${teacher}${startMs}`, teacher, startMs, sheets: new Map([['o', sheet({ 1: [level] })]]) });
  const often = teacherFigures([of('t', 1, 1), of('t', 1, 3), of('t', 2, 2)]);
  const once = teacherFigures([of('u', 4, 1)]);
  assert.equal(often.elements.get(1).mean, 1_333_333n);
  assert.equal(often.elements.get(1).median, 1);
  assert.deepEqual(often.elements.get(1).last, { level: 1, startMs: 3, visit: 't3' });
  const group = groupFigures([often, once]);
  assert.equal(group.elements.get(1).mean, 2_666_667n);
  assert.deepEqual(group.elements.get(1).medians, [1, 4]);
  assert.equal(group.visits, 4);
});

test('the common workload: edits of two sides', () => {
  const record = { id: 'r1', kind: 'half-termly', teacher_id: 't', department_id: 'd', school_id: 's', observer_id: 'o', scale: 4, started_at: '2026-09-14T09:00:00.000Z', status: 'draft',
    ratings: { planning: 1, subject_knowledge: 2, pace: 3, questioning: 4, differentiation: 1, behaviour: 2, assessment: 3, engagement: 4, progress: 1 } };
  const rating = (side, criterion, value) => ({ record_id: 'r1', side, op: { set: 'rating', criterion, value } });
  const status = (value) => ({ record_id: 'r1', op: { set: 'status', value } });
  const [draft] = common.visitsOf([{ record }], []);
  assert.deepEqual([draft.shared, draft.done, draft.kind, draft.h2], [false, false, 'DEPT', 209]);
  const [same] = common.visitsOf([{ record }], [rating('A', 'planning', 2), rating('B', 'planning', 3), status('acknowledged'), status('closed')]);
  assert.ok(same.shared);
  assert.deepEqual(levelsOf(same).get(1), { level: 0, unresolved: true });
  assert.deepEqual(levelsOf(same).get(2), { level: 2, unresolved: false });
  const [apart] = common.visitsOf([{ record }], [rating('A', 'planning', 2), rating('B', 'pace', 1)]);
  assert.deepEqual([apart.sheets.get('o').ratings.get(1), apart.sheets.get('o').ratings.get(3)], [[2], [1]]);
  assert.ok(!apart.shared);
});

test('gestures: what is written in one phase is written side by side, in the next over it', () => {
  const head = { workload: 1, half_term: 209 };
  const plan = { phase: 1, tablet: 0, person: 'o', visit: 'v', do: 'plan', kind: 'dept', teacher: 't', department: 'd', lesson_start: '2026-09-14T09:00:00Z', rubric_version: 'r' };
  const rate = (phase, tablet, level) => ({ phase, tablet, person: 'o', visit: 'v', do: 'rate', element: 1, level });
  const share = { phase: 3, tablet: 0, person: 'o', visit: 'v', do: 'share', round: 1 };
  const levels = (...lines) => gestures.visitsOf([head, plan, ...lines])[0].sheets.get('o').ratings.get(1);
  assert.deepEqual(levels(rate(1, 0, 1), rate(1, 0, 2)), [2]);
  assert.deepEqual(levels(rate(1, 0, 1), rate(2, 0, 2), rate(2, 5, 3)), [2, 3]);
  assert.deepEqual(levels(rate(1, 0, 1), rate(2, 0, 2), rate(2, 5, 3), rate(3, 5, 4)), [4]);
  const [shared] = gestures.visitsOf([head, plan, rate(1, 0, 1), share], () => ONLY_SITE);
  assert.deepEqual([shared.shared, shared.done, shared.sheets.get('o').submitted, shared.startMs], [true, true, true, Date.parse('2026-09-14T09:00:00Z')]);
  assert.equal(gestures.visitsOf([head, plan, share, { ...share, do: 'withdraw' }])[0].withdrawn, true);
});

test('gestures: a team shares when all are in, and a consensus stands while all agreed to it', () => {
  const head = { workload: 1, half_term: 209 };
  const by = (person, phase, what, more = {}) => ({ phase, tablet: 0, person, visit: 'v', do: what, ...more });
  const plan = by('a', 1, 'plan', { kind: 'team', teacher: 't', department: 'd', lesson_start: '2026-09-14T09:00:00Z', observers: [{ person: 'a' }, { person: 'b' }] });
  const one = (...lines) => gestures.visitsOf([head, plan, ...lines])[0];
  assert.equal(one(by('a', 1, 'submit'), by('a', 2, 'share')).shared, false);
  assert.equal(one(by('a', 1, 'submit'), by('b', 1, 'submit'), by('a', 2, 'share')).shared, true);
  assert.equal(one(by('a', 1, 'submit'), by('a', 1, 'excuse', { observer: 'b' }), by('a', 2, 'share')).shared, true);
  const proposed = by('a', 2, 'consensus', { levels: { 1: 3 } });
  const agreed = [proposed, by('a', 2, 'agree'), by('b', 3, 'agree')];
  assert.equal(one(...agreed).consensus.agreed, true);
  assert.deepEqual(one(...agreed).consensus.ratings.get(1), [3]);
  assert.equal(one(proposed, by('a', 2, 'agree'), by('b', 2, 'agree')).consensus.agreed, false, 'b did not see it yet');
  assert.equal(one(...agreed, by('b', 4, 'consensus', { levels: { 1: 3 } })).consensus.agreed, false, 'written anew');
});

test('a comparison counts what it compares and names each difference', () => {
  const bytes = (n) => Buffer.alloc(16, n).toString('base64');
  const uuid = (n) => uuidOf(bytes(n));
  assert.equal(uuid(0xab), 'abababab-abab-abab-abab-abababababab');
  const visits = [visit({ teacher: uuid(1), department: uuid(2), site: uuid(3), rubric: uuid(4) })];
  const element = { element: 1, teachers: '1', n: '1', mean_of_means_millionths: '2000000', median_hist: ['0', '1', '0', '0'], unresolved: '0' };
  const sums = { element: 1, n: '1', sum: '2', hist: ['0', '1', '0', '0'], lower_median: 2, mean_millionths: '2000000', unresolved: '0' };
  const reply = { department: bytes(2), h2: 209, visits: 1, watermark: { rubric_version: bytes(4) }, other_rubric_versions: [], elements: [element], observers: 1,
    teachers: [{ teacher: bytes(1), observers: 1, elements: [sums] }] };
  const right = new Comparison({ visits, policy: POLICY });
  right.add(reply);
  assert.deepEqual(right.differences, []);
  assert.equal(right.figures, 18);
  assert.equal(right.missing().length, 2, 'no page of the teacher and of the school');
  const unseen = new Comparison({ visits, policy: POLICY, everybodyIsShown: true });
  unseen.add({ ...reply, visits: 0, elements: [], teachers: [] });
  assert.deepEqual(unseen.differences.length, 1, 'a teacher who is left out, though nobody may be');
  const leaky = new Comparison({ visits, policy: POLICY });
  leaky.add({ ...reply, teachers: [] });
  assert.ok(leaky.differences.length > 0, 'a total with a teacher who is in no row');
  const wrong = new Comparison({ visits, policy: POLICY });
  wrong.add({ ...reply, elements: [{ ...element, mean_of_means_millionths: '2000001' }] });
  assert.equal(wrong.differences.length, 1);
  assert.match(wrong.differences[0], /mean_of_means_millionths is 2000001, recomputed 2000000/);
  assert.throws(() => right.add({ h2: 209 }));
});

test('coverage: done, booked, due and overdue by hand', () => {
  const uuid = (n) => uuidOf(Buffer.alloc(16, n).toString('base64'));
  const bytes = (n) => Buffer.alloc(16, n).toString('base64');
  const at = (day) => Date.parse(`2026-${day}T09:00:00Z`);
  const visits = [visit({ teacher: uuid(1), startMs: at('09-14') }), visit({ teacher: uuid(2), done: false, shared: false, startMs: at('10-21') })];
  const model = { visits, policy: { atRiskSchoolDays: 10 }, zone: 'Europe/London', terms: common.TERMS, rules: { Each: 'DEPT' }, peopleOf: () => [1, 2, 3].map(uuid) };
  const term = common.TERMS[0];
  const rule = { title: 'Each', department: bytes(9), from_day: term.from, to_day: term.to, eligible: 3, done: 1, booked: 1, due: 1, overdue: 0, exempt: 0, at_risk: 1, done_not_shared: 0,
    teachers: [{ teacher: bytes(1), state: 'COVERAGE_STATE_DONE', at_risk: false, booked: 0, done: 1, shared: 1, last_done_ms: String(Date.parse('2026-09-13T23:00:00Z')) }] };
  const reply = (asOf, changes) => ({ org: bytes(8), h2: 209, watermark: { as_of_ms: String(at(asOf)) }, rules: [{ ...rule, ...changes }] });
  const differences = (r) => { const c = new Comparison(model); c.add(r); return c.differences; };
  assert.deepEqual(differences(reply('10-14', {})), []);
  assert.deepEqual(differences(reply('09-20', { at_risk: 0 })), []);
  assert.deepEqual(differences(reply('10-24', { booked: 0, due: 0, overdue: 2, at_risk: 0 })), []);
  assert.equal(differences(reply('10-14', { done: 2 })).length, 1);
});

test('JSON values are found however they are laid out', () => {
  assert.deepEqual(jsonValuesIn('{"a":1}{"b":"}{\\""}\n\n[{"c":2},\n{"d":[3]}]'), [{ a: 1 }, { b: '}{"' }, { c: 2 }, { d: [3] }]);
  assert.throws(() => jsonValuesIn('{"a":1'));
});
