// Shows, against the built server, what a receipt says of two tablets of one person: what came from the
// other one, and never what was written here.
import 'fake-indexeddb/auto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, hex } from '../model/bytes';
import { Halftermd, isBuilt } from '../transport/halftermd.testing';
import { Roster } from '../transport/roster.testing';
import { deptVisit, must, pin, ready, sent, Tablets } from './app.testing';
import type { App, ReceiptRow } from './contract';

const server = new Halftermd();
const tablets = new Tablets(server);
let head: Bytes = new Uint8Array(16);
let teacher = '';

const rowsOf = (app: App): readonly ReceiptRow[] =>
  app.receipts.get().flatMap((receipt) => receipt.rows);

describe.runIf(isBuilt)('a receipt', () => {
  beforeAll(async () => {
    await server.start();
    await server.importSchool();
    const roster = new Roster(server);
    head = roster.holder('head');
    teacher = hex(roster.teacher());
  }, 120_000);
  afterAll(() => server.end());

  test('tells of notes and tallies from another tablet, and is silent on those of this one', async () => {
    const one = await tablets.joined(head);
    const two = await tablets.joined(head);
    const { visitId } = must(
      await one.openVisit({
        kind: 'DEPT',
        teacherId: teacher,
        classCode: '9M2',
        room: '',
        announced: true,
        minutes: 30,
        lessonMs: null,
        loadReason: '',
        observerIds: [],
      }),
    );
    const code = ready(one.visit(visitId)).mySheet?.tallies[0]?.code ?? '';
    must(await one.addNote(visitId, Date.now(), 'From here.'));
    must(await one.tick(visitId, code));
    await sent(one);
    must(await one.addNote(visitId, Date.now(), 'Also from here.'));
    must(await one.tick(visitId, code));
    await sent(one);
    await sent(one);
    expect(rowsOf(one)).toEqual([]);

    await sent(two);
    must(await two.addNote(visitId, Date.now(), 'From the other.'));
    must(await two.tick(visitId, code));
    await sent(two);
    await sent(one);
    // A meeting that began by itself may have brought them one by one.
    const here = (kind: 'notes' | 'tallies') =>
      rowsOf(one).flatMap((row) => (row.kind === kind ? [[row.here, row.there, row.total]] : []));
    expect(here('notes')).toEqual([[2, 1, 3]]);
    expect(here('tallies')).toEqual([[2, 1, 3]]);
    expect(rowsOf(two).filter(({ kind }) => kind === 'notes' || kind === 'tallies')).toEqual([]);
  }, 240_000);

  test('tells at the first contact of what another tablet wrote while this one was shut', async () => {
    const one = await tablets.joined(head);
    const two = await tablets.joined(head);
    const { visitId } = must(await one.openVisit(deptVisit(teacher)));
    must(await one.addNote(visitId, Date.now(), 'From here.'));
    await sent(one);
    must(await one.switchPerson());
    await sent(two);
    must(await two.addNote(visitId, Date.now(), 'From the other.'));
    await sent(two);

    const person = one.tablet.get().people[0]?.id ?? '';
    must(await one.enterPin(person, pin));
    await sent(one);
    expect(rowsOf(one)).toMatchObject([{ kind: 'notes', here: 1, there: 1, total: 2 }]);
    const [newest, ...earlier] = one.receipts.get();
    expect(newest).toMatchObject({ rows: [{ kind: 'notes' }], seen: false });
    // What only sent has its receipt too, and says it without a word on the screen.
    expect(earlier.length).toBeGreaterThan(0);
    for (const receipt of earlier) expect(receipt).toMatchObject({ rows: [], seen: true });
  }, 240_000);
});
