// "Nothing is sent before you have spoken with {teacher}": shows, against the built server, that an offer
// of help from a walk-round stays its observer's until they say that they have spoken.
import 'fake-indexeddb/auto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../model/bytes';
import { Halftermd, isBuilt } from '../transport/halftermd.testing';
import { Roster } from '../transport/roster.testing';
import { deptVisit, must, ready, sent, Tablets } from './app.testing';
import type { App } from './contract';

const server = new Halftermd();
const tablets = new Tablets(server);
let walker: Bytes = new Uint8Array(16);
let senior: Bytes = new Uint8Array(16);

// What Today asks of this person about the visit.
const turnOn = (app: App, id: string) =>
  ready(app.today).yourTurn.find((turn) => 'visitId' in turn && turn.visitId === id)?.kind;
const refusedAs = (reason: string) => ({ ok: false, problem: { kind: 'refused', reason } });
const pagesOf = (app: App, id: string) => ready(app.visit(id)).otherSheets.length;

describe.runIf(isBuilt)('an offer of help', () => {
  beforeAll(async () => {
    await server.start();
    await server.importSchool();
    const roster = new Roster(server);
    walker = roster.holder('head');
    senior = roster.holder('slt');
  }, 240_000);
  afterAll(() => server.end());

  // A walk that begins now, and its rooms.
  async function walk(app: App) {
    const choice = ready(app.walkChoices)[0];
    if (choice === undefined) throw new Error('no walk to choose');
    const { walkId } = must(await app.startWalk(choice));
    const room = (n: number) => {
      const found = ready(app.walk(walkId)).rooms[n];
      if (found === undefined) throw new Error(`no room ${n}`);
      return found;
    };
    const log = async (n: number, mark: 'seen' | 'praise' | 'help') =>
      must(await app.logRoom(walkId, room(n).id, mark));
    return { walkId, room, log, end: async () => must(await app.endWalk(walkId, 'A moment.')) };
  }

  test('goes nowhere when the walk ends, and is handed in when its observer has spoken', async () => {
    const app = await tablets.joined(walker);
    const reader = await tablets.joined(senior);
    const { room, log, end } = await walk(app);
    await log(0, 'seen');
    await log(1, 'help');
    await end();
    await sent(app);
    await sent(reader);
    const offer = room(1).offer ?? '';
    const seen = ready(app.visits).find((row) => row.teacher?.id === room(0).teacher?.id)?.id ?? '';
    expect(offer).not.toBe('');
    expect([pagesOf(reader, seen), pagesOf(reader, offer)]).toEqual([1, 0]);
    expect(turnOn(app, offer)).toBe('offer');
    // No other way hands it in.
    expect(await app.submit(offer)).toEqual(refusedAs('offerWaits'));
    must(await app.addStrength(offer, 'Kind words at the door.'));
    expect(await app.share(offer)).toEqual(refusedAs('offerWaits'));
    expect(await reader.haveSpoken(offer)).toEqual(refusedAs('notAllowed'));

    // It waits on another tablet of theirs as well: the walk's own may be lost.
    await sent(app);
    const second = await tablets.joined(walker);
    expect(turnOn(second, offer)).toBe('offer');
    must(await second.haveSpoken(offer));
    await sent(second);
    await sent(reader);
    await sent(app);
    expect(pagesOf(reader, offer)).toBe(1);
    expect([room(1).offer, room(1).mark]).toEqual([null, 'help']);
    expect(turnOn(app, offer)).toBe('readyToShare');
    expect(await app.haveSpoken(offer)).toEqual(refusedAs('notAllowed'));
  }, 120_000);

  test('can be taken back: what stays is a room that was seen', async () => {
    const app = await tablets.joined(walker);
    const { room, log, end } = await walk(app);
    await log(0, 'help');
    await log(1, 'help');
    const [during, after] = [room(0).offer ?? '', room(1).offer ?? ''];
    // While the walk goes on, nothing is handed in: the room can still be taken back.
    must(await app.takeBackOffer(during));
    expect([room(0).mark, room(0).offer]).toEqual(['seen', null]);
    expect(ready(app.visit(during)).shown.state).toBe('none');
    await end();
    must(await app.takeBackOffer(after));
    expect([room(1).mark, room(1).offer]).toEqual(['seen', null]);
    await sent(app);
    for (const id of [during, after]) {
      expect(ready(app.visit(id)).mySheet?.submitted, id).toBe(true);
      expect(turnOn(app, id), id).toBe(undefined);
    }
  }, 120_000);

  test('does not go along into a colleague’s visit of the same lesson', async () => {
    const app = await tablets.joined(walker);
    const reader = await tablets.joined(senior);
    const { room, log, end } = await walk(app);
    const theirs = must(await reader.openVisit(deptVisit(room(0).id))).visitId;
    await sent(reader);
    await log(0, 'help');
    const offer = room(0).offer ?? '';
    await end();
    await sent(app);
    const asked = () => ready(app.sameLessons).filter(({ mine }) => mine === offer);
    expect(asked()).toEqual([]);
    expect(await app.joinLessons(offer, theirs)).toEqual(refusedAs('notAllowed'));
    must(await app.haveSpoken(offer));
    expect(asked()).toMatchObject([{ theirs }]);
  }, 120_000);

  test('comes and goes with another button for the same room, and the room stays one visit', async () => {
    const app = await tablets.joined(walker);
    const { walkId, room, log, end } = await walk(app);
    const walks = () => ready(app.visits).filter((row) => row.kind === 'WALK').length;
    const before = walks();
    await log(0, 'praise');
    must(await app.praiseRoom(walkId, room(0).id, 'Care'));
    await log(0, 'help');
    const offer = room(0).offer ?? '';
    expect(ready(app.visit(offer)).feedback?.strengths).toEqual([]);
    await log(1, 'help');
    await log(1, 'seen');
    expect(room(1).offer).toBe(null);
    await end();
    await sent(app);
    expect(walks()).toBe(before + 2);
    expect(turnOn(app, offer)).toBe('offer');
    expect(ready(app.visit(offer)).shown.state).toBe('none');
  }, 120_000);
});
