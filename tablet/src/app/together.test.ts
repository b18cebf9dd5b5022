// Shows, against the built server, how a colleague joins a visit by its code: at once and with no network,
// in whatever order the tablets come to the server, and only if their role allows it.
import 'fake-indexeddb/auto';
import { Code, ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, hex } from '../model/bytes';
import { connect } from '../transport/calls';
import { Halftermd, isBuilt } from '../transport/halftermd.testing';
import { Roster } from '../transport/roster.testing';
import { deptVisit, must, ready, sent, Tablets } from './app.testing';
import type { App } from './contract';

const server = new Halftermd();
const tablets = new Tablets(server);
const minutesMs = 60_000;
let head: Bytes = new Uint8Array(16);
let senior: Bytes = new Uint8Array(16);
let teacher: Bytes = new Uint8Array(16);
let other: Bytes = new Uint8Array(16);

const page = (app: App, id: string) => ready(app.visit(id));
const notesOn = (app: App, id: string) => page(app, id).mySheet?.notes.map(({ text }) => text);

describe.runIf(isBuilt)('a colleague in the same lesson', () => {
  beforeAll(async () => {
    await server.start();
    await server.importSchool();
    const roster = new Roster(server);
    head = roster.holder('head');
    senior = roster.holder('slt');
    teacher = roster.teacher();
    other = roster.teacher(1);
  }, 240_000);
  afterAll(() => server.end());

  test('has a page of their own at once, and is one of the observers once both have been in touch', async () => {
    const lead = await tablets.joined(head);
    const beside = await tablets.joined(senior);
    const { visitId } = must(await lead.openVisit(deptVisit(hex(teacher))));
    const { joinCode } = page(lead, visitId);
    expect(beside.colleaguesVisit(joinCode)).toMatchObject({ classCode: '9M2', mine: false });
    expect(must(await beside.joinVisit(joinCode)).visitId).toBe(visitId);
    must(await beside.addNote(visitId, Date.now(), 'Two hands up at the back.'));
    expect(page(beside, visitId)).toMatchObject({ me: 'observer', kind: 'DEPT', room: 'B12' });
    // A second look at the code changes nothing.
    const waiting = beside.header.get().unsent;
    must(await beside.joinVisit(joinCode));
    expect(beside.header.get().unsent).toBe(waiting);

    await sent(lead);
    await sent(beside);
    await sent(lead);
    await sent(beside);
    for (const app of [lead, beside]) {
      expect(
        page(app, visitId)
          .observers.map(({ id }) => id)
          .sort(),
      ).toEqual([hex(head), hex(senior)].sort());
    }
    expect(page(beside, visitId).declined).toEqual([]);
    expect(notesOn(beside, visitId)).toEqual(['Two hands up at the back.']);
    expect(notesOn(lead, visitId)).toEqual([]);
  }, 240_000);

  test('is added later where their tablet comes to the server before the lead’s', async () => {
    let isCut = false;
    const { sync, ...calls } = connect(server.url);
    const cut = new Proxy(sync, {
      get: (target, name) => {
        if (isCut && name === 'hello')
          return () => Promise.reject(new ConnectError('cut off by the test', Code.Unavailable));
        return Reflect.get(target, name);
      },
    });
    const lead = await tablets.joined(head, { ...calls, sync: cut });
    isCut = true;
    const beside = await tablets.joined(senior);
    const { visitId } = must(await lead.openVisit(deptVisit(hex(teacher))));
    must(await beside.joinVisit(page(lead, visitId).joinCode));
    must(await beside.addNote(visitId, Date.now(), 'Before the plan.'));
    await sent(beside);
    expect(page(beside, visitId).declined).toEqual([]);
    expect(notesOn(beside, visitId)).toEqual(['Before the plan.']);
    isCut = false;
    await sent(lead);
    tablets.laterMs += 6 * minutesMs;
    try {
      // Asks again, and is answered.
      await sent(beside);
      await sent(beside);
      await sent(lead);
    } finally {
      tablets.laterMs = 0;
    }
    expect(page(lead, visitId).observers).toHaveLength(2);
    expect(notesOn(beside, visitId)).toEqual(['Before the plan.']);
  }, 240_000);

  test('keeps their page and is told where their role does not allow the visit', async () => {
    const lead = await tablets.joined(head);
    const beside = await tablets.joined(other);
    const { visitId } = must(await lead.openVisit(deptVisit(hex(teacher))));
    await sent(lead);
    must(await beside.joinVisit(page(lead, visitId).joinCode));
    must(await beside.addNote(visitId, Date.now(), 'I was there.'));
    await sent(beside);
    expect(page(beside, visitId).declined).toEqual([{ what: 'join', why: 'notAllowed' }]);
    expect(notesOn(beside, visitId)).toEqual(['I was there.']);
    await sent(lead);
    expect(page(lead, visitId).observers).toHaveLength(1);
  }, 240_000);

  test('cannot join the visit to their own lesson, and nobody one that is over', async () => {
    const lead = await tablets.joined(head);
    const observed = await tablets.joined(teacher);
    const { visitId } = must(await lead.openVisit(deptVisit(hex(teacher))));
    const { joinCode } = page(lead, visitId);
    expect(observed.colleaguesVisit(joinCode)?.mine).toBe(true);
    expect((await observed.joinVisit(joinCode)).ok).toBe(false);
    expect((await observed.joinVisit('ABCDE-FGHJK')).ok).toBe(false);
    must(await lead.addNote(visitId, Date.now(), 'Over.'));
    must(await lead.submit(visitId));
    await sent(lead);
    expect(page(lead, visitId).joinCode).toBe('');
  }, 240_000);
});
