// What each client does, whatever its transport: `call(service, method, request, token)` gives the list
// of replies, or throws an error with the status as `code`. Bytes are Buffers, 64-bit numbers decimal
// strings. Gives the token of a session that is open, and a teacher whom it may see.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import {
  chainHash, encodeFacet, entry, facetDigest, facetId, field, PLANNED, sealGroup, signed, unsigned,
} from './group.mjs';

export const OK = 0;
export const NOT_FOUND = 5;
export const FAILED_PRECONDITION = 9;
export const UNIMPLEMENTED = 12;
export const UNAUTHENTICATED = 16;

function schoolOf(tenant) {
  const ids = Object.fromEntries(
    ['school', 'maths', 'head', 'teacher', 'stranger', 'rubric', 'calendar'].map((name) => [
      name, randomBytes(16)]));
  const person = (id, name, department) => ({
    id, displayName: name, type: 1, departments: department ? [{ org: department }] : [],
  });
  const day = (text) => Math.floor(Date.parse(text) / 86_400_000);
  return {
    ids,
    request: {
      tenant,
      orgs: [
        { id: ids.school, kind: 3, name: 'A school' },
        { id: ids.maths, kind: 5, name: 'Mathematics', parent: ids.school },
      ],
      people: [
        person(ids.head, 'Hana Owen', ids.maths),
        person(ids.teacher, 'Tia Green', ids.maths),
        person(ids.stranger, 'Ann Reid', null),
      ],
      grants: [{ id: randomBytes(16), person: ids.head, role: 6, org: ids.maths }],
      calendars: [{
        id: ids.calendar, org: ids.school, zone: 'Europe/London',
        years: [{
          firstYear: 2026,
          halfTerms: [{ number: 1, startDay: day('2026-09-02'), endDay: day('2026-10-23') }],
        }],
      }],
      rubrics: [{
        id: ids.rubric, title: 'Lessons', version: '1',
        elements: [{ number: 1, title: 'Starts', levels: ['one', 'two', 'three', 'four'] }],
      }],
    },
  };
}

async function refused(code, promise) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.code, code, `${error.code} ${error.message}`);
    return true;
  });
}

export async function tell(call, tenant) {
  const { ids, request: school } = schoolOf(tenant);
  const device = randomBytes(16);
  const [imported] = await call('Directory', 'Import', school);
  assert.equal(imported.applied, true, JSON.stringify(imported));
  const [session] = await call('Admin', 'OpenSession', {
    tenant, person: ids.head, device, deviceLabel: 'somebody else’s client',
  });
  assert.equal(session.key.length, 32);
  const { token } = session;

  const [hello] = await call('Sync', 'Hello', { device, stores: [{}], app: 'foreign' }, token);
  assert.deepEqual(hello.person, ids.head);
  assert.equal(hello.stores.length, 1);
  const { replica } = hello.stores[0];

  const visit = randomBytes(16);
  const plan = facetId(visit, 1);
  const values = [
    [field(2), unsigned(1)], [field(3), ids.teacher], [field(4), ids.maths], [field(5), ids.head],
    [entry(6, ids.head), Buffer.alloc(0)], [field(8), signed(Date.parse('2026-09-14T09:00:00Z'))],
    [field(16), ids.rubric],
  ];
  const group = sealGroup({
    replica, n: 1, session: session.session, facet: plan, helloNo: hello.helloNo,
    body: encodeFacet(values, { replica, count: 1 }), key: session.key,
  });
  const push = { replica, firstN: '1', groups: [group], epoch: hello.epoch };
  const [pushed] = await call('Sync', 'Push', push, token);
  assert.equal(pushed.results[0].disposition, 1, JSON.stringify(pushed));
  assert.deepEqual(pushed.appliedHash, chainHash(Buffer.alloc(16), 1, group));
  const [again] = await call('Sync', 'Push', push, token);
  assert.deepEqual(again.results, pushed.results, 'the same push again');

  const chunks = await call('Sync', 'Pull', {}, token);
  const end = chunks.at(-1);
  assert.ok(end.end, 'the last chunk says what it adds up to');
  const held = chunks.flatMap((chunk) => chunk.items).flatMap((item) => item.held)
    .find((facet) => plan.equals(facet.facet));
  assert.ok(held, 'the visit comes back');
  const content = encodeFacet([PLANNED, ...values], { replica, count: 1, author: ids.head });
  assert.deepEqual(held.digest, facetDigest(plan, content), 'with the content that was pushed');
  const later = await call('Sync', 'Pull', { cursor: end.cursor }, token);
  assert.equal(later.flatMap((chunk) => chunk.items).length, 0, 'nothing is new after the cursor');

  const [figures] = await call('Summaries', 'Department', { department: ids.maths, h2: 209 }, token);
  assert.equal(figures.h2, 209);
  assert.equal(figures.name, 'Mathematics');
  await call('Summaries', 'Coverage', { org: ids.maths, h2: 209 }, token);

  await refused(UNAUTHENTICATED, call('Sync', 'Hello', { device }));
  await refused(UNAUTHENTICATED, call('Sync', 'Pull', {}, `${token}x`));
  await refused(FAILED_PRECONDITION,
    call('Sync', 'Push', { ...push, firstN: '7', hashBefore: Buffer.alloc(16) }, token));
  await refused(NOT_FOUND, call('Summaries', 'Teacher', { teacher: ids.stranger, h2: 209 }, token));
  await refused(NOT_FOUND, call('Admin', 'OpenSession', { tenant, person: visit, device }));
  return { token, teacher: ids.teacher };
}
