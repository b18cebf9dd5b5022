// Shows, against the built server, how a door is opened, fills up and closes, and what a tablet shows of
// it with no network.
import 'fake-indexeddb/auto';
import { Code, ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hex } from '../model/bytes';
import { type Calls, connect } from '../transport/calls';
import { Halftermd, isBuilt } from '../transport/halftermd.testing';
import { Roster } from '../transport/roster.testing';
import { must, ready, sent, Tablets } from './app.testing';
import type { App, DoorChoice } from './contract';

const server = new Halftermd();
const tablets = new Tablets(server);
const dayMs = 86_400_000;
// Soon: tomorrow may be a holiday.
const soonMs = Date.now() + 30 * 60_000;

const choice = (change: Partial<DoorChoice> = {}): DoorChoice => ({
  id: null,
  lessonMs: soonMs,
  minutes: 50,
  classCode: '9M2',
  room: 'M4',
  period: 2,
  lookFor: 'Mini whiteboards.',
  places: 1,
  ...change,
});
const doors = (app: App) => ready(app.doors).doors;

// The server is out of reach for this tablet alone while `isCut` says so.
function cutBy(calls: Calls, isCut: () => boolean): Calls {
  const cut = new Proxy(calls.doors, {
    get: (target, name) =>
      isCut()
        ? () => Promise.reject(new ConnectError('cut off by the test', Code.Unavailable))
        : Reflect.get(target, name),
  });
  return { ...calls, doors: cut };
}

describe.runIf(isBuilt)('an open door', () => {
  let opens: App;
  let comes: App;
  let late: App;
  let isCut = false;
  let teacherId = '';
  beforeAll(async () => {
    await server.start();
    await server.importSchool();
    const roster = new Roster(server);
    const person = (n: number) => roster.teacher(n);
    teacherId = hex(person(3));
    opens = await tablets.joined(person(3));
    comes = await tablets.joined(
      person(4),
      cutBy(connect(server.url), () => isCut),
    );
    late = await tablets.joined(person(5));
    for (const app of [opens, comes, late]) await app.lookForDoors();
  }, 240_000);
  afterAll(() => server.end());

  test('is seen by colleagues, and who comes by its teacher alone', async () => {
    expect(doors(comes)).toEqual([]);
    must(await opens.openDoor(choice()));
    expect(doors(opens)).toMatchObject([{ mine: true, places: 1, taken: 0, visitors: [] }]);
    await comes.lookForDoors();
    const [door] = doors(comes);
    expect(door).toMatchObject({ mine: false, lookFor: 'Mini whiteboards.', coming: false });

    must(await comes.comeToDoor(door?.id ?? ''));
    const [taken] = doors(comes);
    expect(taken).toMatchObject({ coming: true, taken: 1, visitors: [] });
    const visit = ready(comes.visit(taken?.visitId ?? ''));
    expect(visit).toMatchObject({ kind: 'INFORMAL', phase: 'planned', classCode: '9M2' });
    expect(visit.teacher?.id).toBe(teacherId);
    // Twice is once.
    must(await comes.comeToDoor(door?.id ?? ''));
    expect(doors(comes)[0]?.visitId).toBe(taken?.visitId);

    await late.lookForDoors();
    expect(doors(late)).toMatchObject([{ taken: 1, visitors: [], coming: false }]);
    const full = await late.comeToDoor(door?.id ?? '');
    expect(full).toEqual({ ok: false, problem: { kind: 'refused', reason: 'doorFull' } });
    expect(doors(late)[0]?.visitId).toBe(null);
    await opens.lookForDoors();
    expect(doors(opens)[0]?.visitors).toHaveLength(1);
  }, 240_000);

  test('is shown as last heard with no network, which coming needs', async () => {
    isCut = true;
    try {
      await comes.lookForDoors();
      expect(ready(comes.doors)).toMatchObject({ trouble: 'offline' });
      expect(doors(comes)).toHaveLength(1);
      const door = doors(comes)[0]?.id ?? '';
      expect(await comes.stayAway(door)).toMatchObject({ problem: { kind: 'offline' } });
      expect(await comes.openDoor(choice())).toMatchObject({ problem: { kind: 'offline' } });
      expect(doors(comes)).toMatchObject([{ coming: true }]);
    } finally {
      isCut = false;
    }
    await comes.lookForDoors();
    expect(ready(comes.doors).trouble).toBe(null);
  }, 240_000);

  test('has room again for somebody else, and takes the plan of who stays away back', async () => {
    const [door] = doors(comes);
    must(await comes.stayAway(door?.id ?? ''));
    expect(doors(comes)).toMatchObject([{ coming: false, taken: 0, visitId: null }]);
    await sent(comes);
    expect(ready(comes.visit(door?.visitId ?? '')).phase).toBe('withdrawn');
    must(await late.comeToDoor(door?.id ?? ''));
    expect(doors(late)).toMatchObject([{ coming: true }]);
  }, 240_000);

  test('is changed and closed by its teacher alone', async () => {
    const id = doors(opens)[0]?.id ?? '';
    must(await opens.openDoor(choice({ id, lookFor: 'Pairs.', places: 3 })));
    expect(doors(opens)).toMatchObject([{ lookFor: 'Pairs.', places: 3 }]);
    expect((await opens.openDoor(choice({ id, lessonMs: Date.now() - dayMs }))).ok).toBe(false);
    expect((await late.openDoor(choice({ id }))).ok).toBe(false);
    expect((await late.closeDoor(id)).ok).toBe(true);
    await opens.lookForDoors();
    expect(doors(opens)).toHaveLength(1);
    must(await opens.closeDoor(id));
    expect(doors(opens)).toEqual([]);
    must(await opens.closeDoor(id));
    await late.lookForDoors();
    expect(doors(late)).toEqual([]);
    expect(await late.comeToDoor(id)).toEqual({
      ok: false,
      problem: { kind: 'refused', reason: 'doorClosed' },
    });
  }, 240_000);
});
