// Shows the app doing an observer's job behind its contract, against the built server: joining, writing
// offline, sharing, answering, a choice, and colleagues' work that travels sealed.
import 'fake-indexeddb/auto';
import { Code, ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, hex } from '../model/bytes';
import { connect } from '../transport/calls';
import { Halftermd, isBuilt } from '../transport/halftermd.testing';
import { Roster } from '../transport/roster.testing';
import { awayWhile, deptVisit, me, must, pin, ready, sent, Tablets } from './app.testing';
import type { App } from './contract';

const server = new Halftermd();
const tablets = new Tablets(server);
const newTablet = (calls?: Parameters<typeof tablets.another>[0]) => tablets.another(calls);
const joined = (person: Bytes, calls?: Parameters<typeof tablets.another>[0]) =>
  tablets.joined(person, calls);
let head: Bytes = new Uint8Array(16);
let teacher: Bytes = new Uint8Array(16);

describe.runIf(isBuilt)('the app behind its contract', () => {
  beforeAll(async () => {
    await server.start();
    await server.importSchool();
    const roster = new Roster(server);
    head = roster.holder('head');
    teacher = roster.teacher();
  }, 120_000);
  afterAll(() => server.end());

  test('C13: says that work is sent while the server has not answered, and still counts it as unsent', async () => {
    const calls = connect(server.url);
    let gate: Promise<void> = Promise.resolve();
    let letThrough = () => {};
    const sync = new Proxy(calls.sync, {
      get: (target, name) => {
        const call = Reflect.get(target, name);
        if (name !== 'push') return call;
        return async (...given: readonly unknown[]) => {
          await gate;
          return Reflect.apply(call, target, given);
        };
      },
    });
    const app = await joined(head, { ...calls, sync });
    gate = new Promise((resolve) => {
      letThrough = resolve;
    });
    const { visitId } = must(await app.openVisit(deptVisit(hex(teacher))));
    const visit = app.visit(visitId);
    const becomes = (state: string) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (ready(visit).kept.state === state) resolve();
        };
        visit.subscribe(look);
        look();
      });
    const meeting = app.sendNow();
    await becomes('sent');
    expect(app.header.get().unsent).toBeGreaterThan(0);
    letThrough();
    await meeting;
    await becomes('stored');
    expect(app.header.get().unsent).toBe(0);
  });

  test('joins when the answers to its first tries are lost', async () => {
    const calls = connect(server.url);
    // Both are carried out, and the tablet hears nothing of it.
    const lost = new Set(['enrol', 'signIn']);
    const accounts = new Proxy(calls.accounts, {
      get: (target, name) => {
        const call = Reflect.get(target, name);
        return async (...given: unknown[]) => {
          const reply = await call(...given);
          if (lost.delete(String(name))) {
            throw new ConnectError('lost', Code.Unknown, undefined, undefined, new TypeError());
          }
          return reply;
        };
      },
    });
    const app = await newTablet({ ...calls, accounts });
    const { code } = await server.invite(teacher);
    expect(await app.enrol(code)).toEqual({ ok: false, problem: { kind: 'offline' } });
    expect(lost).toEqual(new Set());
    must(await app.enrol(code));
    must(await app.choosePin(me(app), pin));
    await sent(app);
    // Another tablet finds the invitation used.
    const other = await newTablet();
    expect(await other.enrol(code)).toEqual({
      ok: false,
      problem: { kind: 'refused', reason: 'codeUsed' },
    });
  });

  test('C18: joins, writes with no server, shares, and hears the teacher’s answer', async () => {
    const app = await joined(head);
    expect(app.tablet.get().stage).toBe('open');
    expect(app.tablet.get().mayWalk).toBe(true);
    const choice = ready(app.newVisit).teachers.find((t) => t.kinds.includes('DEPT'));
    expect(ready(app.newVisit).teachers.length).toBeGreaterThan(50);
    expect(choice?.department).not.toBe('');

    await server.stop();
    const teacherId = Buffer.from(teacher).toString('hex');
    const { visitId } = must(await app.openVisit(deptVisit(teacherId)));
    const { noteId } = must(await app.addNote(visitId, Date.now(), 'Quiet start.'));
    must(await app.linkNote(visitId, noteId, 1));
    must(await app.rate(visitId, 1, 3));
    must(await app.rate(visitId, 1, 2));
    must(await app.undo(visitId));
    must(await app.tick(visitId, 'hands up'));
    must(await app.snapshot(visitId, 24, 28));
    must(await app.addPraise(visitId, 'Warm welcome.'));
    must(await app.addStrength(visitId, 'Calm and clear.'));
    must(await app.setPriority(visitId, 'Wait longer.'));
    must(await app.addStep(visitId, 'Count to three.', 1, Date.now() + 7 * 86_400_000));
    expect(await app.sendNow()).toEqual({ ok: false, problem: { kind: 'offline' } });

    const offline = ready(app.visit(visitId));
    expect(offline.mySheet?.notes).toMatchObject([{ text: 'Quiet start.', element: 1 }]);
    expect(offline.mySheet?.ratings).toEqual({ 1: { kind: 'level', level: 3 } });
    expect(offline.kept.state).toBe('onTablet');
    expect(offline.who.readers.map((reader) => reader.who)).toContain('you');
    expect(offline.who.next?.facts.readers.map((reader) => reader.who)).toContain('senior');
    expect(app.header.get().unsent).toBeGreaterThan(0);
    expect(app.waiting.get().items).toMatchObject([{ visitId, kept: 'onTablet' }]);
    must(await app.share(visitId));
    expect(ready(app.visit(visitId))).toMatchObject({
      shown: { state: 'willShare' },
      nextVersion: 2,
    });
    // What was handed in is nobody's turn any more, and no lesson to start.
    const { yourTurn, plan } = ready(app.today);
    expect(yourTurn.filter((turn) => 'visitId' in turn && turn.visitId === visitId)).toEqual([]);
    expect(plan.filter((row) => row.id === visitId)).toEqual([]);
    // What is changed after it goes with a version of its own.
    must(await app.setPriority(visitId, 'Wait longer, and count.'));
    must(await app.share(visitId));
    expect(ready(app.visit(visitId)).nextVersion).toBe(3);

    await server.start();
    await sent(app);
    const shared = ready(app.visit(visitId));
    expect(shared.phase).toBe('shared');
    expect(shared.kept.state).toBe('stored');
    expect(shared.versions).toMatchObject([
      { round: 1, priority: 'Wait longer.' },
      { round: 2, priority: 'Wait longer, and count.' },
    ]);
    expect(app.header.get().unsent).toBe(0);

    const reader = await joined(teacher);
    expect(ready(reader.forMe).feedback).toMatchObject([{ visitId, version: 2, acknowledged: 0 }]);
    const page = ready(reader.visit(visitId));
    expect(page.me).toBe('teacher');
    expect(page.mySheet).toBeNull();
    must(await reader.acknowledge(visitId, 2));
    must(await reader.query(visitId, 2, 1, 'Which pupils?'));
    await sent(reader);
    await sent(app);
    const answered = ready(app.visit(visitId));
    expect(answered.shown).toMatchObject({ state: 'acknowledged', version: 2 });
    expect(answered.queries).toMatchObject([{ text: 'Which pupils?' }]);
    expect(ready(app.today).yourTurn.some((turn) => turn.kind === 'asked')).toBe(true);
  }, 120_000);

  test('asks the author alone about two levels, and keeps both until there is a choice', async () => {
    const one = await joined(head);
    const two = await joined(head);
    const { visitId } = must(await one.openVisit(deptVisit(Buffer.from(teacher).toString('hex'))));
    must(await one.addNote(visitId, Date.now(), 'First.'));
    await sent(one);
    await sent(two);
    must(await one.rate(visitId, 4, 3));
    must(await two.rate(visitId, 4, 2));
    await sent(one);
    await sent(two);
    const asked = ready(two.questions).find((question) => question.visitId === visitId);
    expect(asked?.values.map((value) => value.level).sort()).toEqual([2, 3]);
    expect(ready(two.visit(visitId)).mySheet?.ratings[4]?.kind).toBe('undecided');
    expect(two.receipts.get()[0]?.rows.some((row) => row.kind === 'questions')).toBe(true);
    expect((await two.share(visitId)).ok).toBe(false);
    must(await two.choose(asked?.id ?? '', { kind: 'level', level: 3 }));
    expect(ready(two.questions).some((question) => question.visitId === visitId)).toBe(false);
    must(await two.undoChoice());
    expect(ready(two.questions).some((question) => question.visitId === visitId)).toBe(true);
    must(await two.choose(asked?.id ?? '', { kind: 'level', level: 3 }));
    await sent(two);
    await sent(one);
    expect(ready(one.visit(visitId)).mySheet?.ratings[4]).toEqual({ kind: 'level', level: 3 });
  }, 120_000);

  test('keeps a wrong PIN out, and a colleague’s sign-in brings what is left here, unread', async () => {
    const app = await joined(head);
    const first = me(app);
    await server.stop();
    const { visitId } = must(await app.openVisit(deptVisit(Buffer.from(teacher).toString('hex'))));
    must(await app.addNote(visitId, Date.now(), 'Left on the shared tablet.'));
    must(await app.handOver());
    expect(app.tablet.get().stage).toBe('people');
    expect(app.visits.get().kind).toBe('loading');
    expect(app.header.get().colleagues?.people).toBe(1);
    expect(await app.enterPin(first, '314159')).toMatchObject({ problem: { reason: 'pinWrong' } });

    await server.start();
    must(await app.addPerson((await server.invite(teacher)).code));
    const second = app.tablet.get().people.find((person) => person.id !== first)?.id ?? '';
    must(await app.choosePin(second, '161803'));
    await sent(app);
    expect(app.visits.get().kind).toBe('ready');
    const elsewhere = await joined(head);
    expect(ready(elsewhere.visit(visitId)).mySheet?.notes[0]?.text).toBe(
      'Left on the shared tablet.',
    );

    must(await app.switchPerson());
    must(await app.enterPin(first, pin));
    await sent(app);
    expect(app.header.get().unsent).toBe(0);
    expect(ready(app.visit(visitId)).mySheet?.notes).toHaveLength(1);
  }, 120_000);

  test('takes ten wrong PINs, and then a sign-in, which brings the work of the first store', async () => {
    const app = await joined(teacher);
    const person = me(app);
    await server.stop();
    const { visitId } = must(await app.openVisit({ ...deptVisit(person), kind: 'SELF' }));
    must(await app.addNote(visitId, Date.now(), 'Before the ten wrong PINs.'));
    must(await app.switchPerson());
    await server.start();
    for (let tries = 1; tries <= 10; ++tries) {
      tablets.laterMs += 3_600_000;
      const reason = tries < 10 ? 'pinWrong' : 'pinLocked';
      expect(await app.enterPin(person, '314159')).toMatchObject({ problem: { reason } });
    }
    tablets.laterMs += 86_400_000;
    expect(await app.enterPin(person, pin)).toMatchObject({ problem: { reason: 'pinLocked' } });
    const { code } = await server.invite(teacher);
    must(await app.signIn({ kind: 'code', personId: person, code }));
    expect(app.tablet.get().people[0]).toMatchObject({ needsPin: true, pinTriesLeft: 10 });
    must(await app.choosePin(person, '161803'));
    // The first meeting brings what the old store had for the server, the next what the server has.
    await sent(app);
    await sent(app);
    const notes = ready(app.visit(visitId)).mySheet?.notes.map((note) => note.text);
    expect(notes).toEqual(['Before the ten wrong PINs.']);
    tablets.laterMs = 0;
  }, 120_000);

  test('takes a broken tablet’s backup file in on another, beside what is there', async () => {
    const one = await joined(head);
    const two = await joined(head);
    await server.stop();
    const choice = deptVisit(Buffer.from(teacher).toString('hex'));
    const { visitId } = must(await one.openVisit(choice));
    must(await one.addNote(visitId, Date.now(), 'Only in the file.'));
    const { bytes } = must(await one.saveBackup());
    const { visitId: here } = must(await two.openVisit(choice));
    must(await two.addNote(here, Date.now(), 'Written here meanwhile.'));
    const bent = bytes.slice();
    bent[100] = (bent[100] ?? 0) ^ 1;
    for (const [file, reason] of [
      [bytes.slice(0, -70), 'fileNotWhole'],
      [bent, 'fileNotWhole'],
      [new Uint8Array(40), 'fileNotOurs'],
    ] as const) {
      expect(await two.takeInBackup(file)).toMatchObject({ problem: { reason } });
    }
    const { changes } = must(await two.takeInBackup(bytes));
    expect(changes).toBeGreaterThan(0);
    must(await two.takeInBackup(bytes));
    expect(two.waiting.get().files).toEqual({ changes, stuck: 0 });
    expect(two.header.get().unsent).toBeGreaterThan(0);

    await server.start();
    await sent(two);
    await sent(two);
    expect(two.waiting.get().files).toEqual({ changes: 0, stuck: 0 });
    const notes = (app: App, id: string) => ready(app.visit(id)).mySheet?.notes.map((n) => n.text);
    expect(notes(two, visitId)).toEqual(['Only in the file.']);
    expect(notes(two, here)).toEqual(['Written here meanwhile.']);
    // The first tablet was not broken after all.
    must(await one.addNote(visitId, Date.now() + 60_000, 'And goes on.'));
    await sent(one);
    expect(one.header.get().unsent).toBe(0);
    must(await two.takeInBackup(bytes));
    await sent(two);
    expect(notes(two, visitId)).toEqual(['Only in the file.', 'And goes on.']);
  }, 120_000);

  test('shows nothing of others once the lease is over, and keeps and sends what is its own', async () => {
    const observer = await joined(head);
    const choice = deptVisit(Buffer.from(teacher).toString('hex'));
    const { visitId: shared } = must(await observer.openVisit(choice));
    must(await observer.addNote(shared, Date.now(), 'Quiet start.'));
    must(await observer.addStrength(shared, 'Calm and clear.'));
    must(await observer.share(shared));
    await sent(observer);
    const app = await joined(teacher);
    const person = me(app);
    const feedback = () => ready(app.forMe).feedback.map((row) => row.visitId);
    expect(feedback()).toContain(shared);

    await server.stop();
    const { visitId } = must(await app.openVisit({ ...choice, kind: 'SELF' }));
    must(await app.addNote(visitId, Date.now(), 'Before the long silence.'));
    must(await app.switchPerson());
    const notices = () => app.waiting.get().notices.map(({ kind }) => kind);
    // A clock that is set back afterwards opens nothing again.
    for (const days of [400, 0]) {
      tablets.laterMs = days * 86_400_000;
      must(await app.enterPin(person, pin));
      expect(notices()).toContain('leaseOver');
      expect(feedback()).toEqual([]);
      expect(ready(app.visit(shared)).versions).toEqual([]);
      const own = ready(app.visit(visitId)).mySheet?.notes.map((note) => note.text);
      expect(own).toEqual(['Before the long silence.']);
      must(await app.switchPerson());
    }
    must(await app.enterPin(person, pin));
    await server.start();
    await sent(app);
    expect(app.header.get().unsent).toBe(0);
    expect(notices()).not.toContain('leaseOver');
    expect(feedback()).toContain(shared);
  }, 120_000);

  test('tells what the server did not do, and why', async () => {
    const one = await joined(head);
    let isAway = false;
    const two = await joined(
      head,
      awayWhile(() => isAway, connect(server.url)),
    );
    const { visitId } = must(await one.openVisit(deptVisit(Buffer.from(teacher).toString('hex'))));
    must(await one.addStrength(visitId, 'Calm and clear.'));
    expect(await one.share(visitId)).toMatchObject({ problem: { reason: 'pageEmpty' } });
    must(await one.addNote(visitId, Date.now(), 'Quiet start.'));
    must(await one.share(visitId));
    await sent(one);
    await sent(two);
    isAway = true;
    must(await two.setPriority(visitId, 'Wait longer.'));
    must(await two.share(visitId));
    must(await one.withdraw(visitId, 'It was the wrong class.'));
    await sent(one);
    isAway = false;
    await sent(two);
    expect(ready(two.visit(visitId)).declined).toEqual([{ what: 'share', why: 'closed' }]);
    expect(two.waiting.get().notices).toContainEqual(
      expect.objectContaining({ kind: 'declined', what: 'share', why: 'closed', visitId }),
    );
    expect(ready(two.today).yourTurn.some((turn) => turn.kind === 'declined')).toBe(true);
    expect(ready(one.visit(visitId)).declined).toEqual([]);
  }, 120_000);

  test('logs rooms of a walk with a tap each', async () => {
    const app = await joined(head);
    const choice = ready(app.walkChoices)[0];
    if (choice === undefined) throw new Error('no walk to choose');
    const { walkId } = must(await app.startWalk(choice));
    const rooms = ready(app.walk(walkId)).rooms;
    expect(rooms).toHaveLength(10);
    must(await app.logRoom(walkId, rooms[0]?.id ?? '', 'seen'));
    must(await app.logRoom(walkId, rooms[1]?.id ?? '', 'praise'));
    must(await app.praiseRoom(walkId, rooms[1]?.id ?? '', 'Lovely pace.'));
    must(await app.skipRoom(walkId, rooms[2]?.id ?? ''));
    must(await app.logRoom(walkId, rooms[3]?.id ?? '', 'praise'));
    must(await app.logRoom(walkId, rooms[4]?.id ?? '', 'help'));
    must(await app.endWalk(walkId, 'A good moment.'));
    const waits = ready(app.walk(walkId)).rooms[4]?.offer ?? '';
    await sent(app);
    expect(app.header.get().unsent).toBe(0);
    const logged = ready(app.visits).filter((row) => row.kind === 'WALK');
    expect(logged.map((row) => row.kept.state)).toEqual(['stored', 'stored', 'stored', 'stored']);
    // A tap on the star reaches its teacher, with words or without; help waits for a word first.
    const of = (room: number) => logged.find((row) => row.teacher?.id === rooms[room]?.teacher?.id);
    const told = (room: number) =>
      ready(app.visit(of(room)?.id ?? '')).versions.map((one) => one.strengths);
    expect([told(0), told(1), told(3), told(4)]).toEqual([
      [],
      [['Lovely pace.']],
      [['A good moment.']],
      [],
    ]);
    const { yourTurn } = ready(app.today);
    const turns = logged.flatMap((row) =>
      yourTurn.filter((turn) => 'visitId' in turn && turn.visitId === row.id),
    );
    expect(turns).toMatchObject([{ kind: 'offer', visitId: of(4)?.id }]);
    expect(waits).toBe(of(4)?.id);
  }, 120_000);
});
