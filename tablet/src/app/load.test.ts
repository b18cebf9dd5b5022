// Shows, against the built server, what a tablet says of how often a colleague has been visited: to
// whoever leads them, to themself, and to nobody else.
import 'fake-indexeddb/auto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hex } from '../model/bytes';
import { Halftermd, isBuilt } from '../transport/halftermd.testing';
import { Roster } from '../transport/roster.testing';
import { deptVisit, me, must, sent, Tablets } from './app.testing';
import type { Answered, App, TeacherLoad } from './contract';

const server = new Halftermd();
const tablets = new Tablets(server);

const shown = (answer: Answered<TeacherLoad>) => {
  const loaded = answer.get();
  return loaded.kind === 'ready' ? loaded.value.value.load : loaded.kind;
};

// Looked at until it says so many visits, or nothing any more.
function looksAt(app: App, teacher: string) {
  const answer = app.figures.load(teacher);
  let wake = () => {};
  const end = answer.subscribe(() => wake());
  const says = async (visits: number) => {
    for (;;) {
      const load = shown(answer);
      if (typeof load === 'object' && load?.visits === visits) return load;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { answer, says, end };
}

describe.runIf(isBuilt)('how often a colleague has been visited', () => {
  const staff: Uint8Array<ArrayBuffer>[] = [];
  let head: App;
  beforeAll(async () => {
    await server.start();
    await server.importSchool();
    const roster = new Roster(server);
    staff.push(roster.teacher(0), roster.teacher(1));
    head = await tablets.joined(roster.holder('head'));
  }, 240_000);
  afterAll(() => server.end());

  test('is told to whoever leads them, and grows with a visit', async () => {
    const teacher = hex(staff[0] ?? new Uint8Array(16));
    const looking = looksAt(head, teacher);
    const before = await looking.says(0);
    expect(before).toMatchObject({ minutes: 0, full: false });
    expect(before.ofVisits).toBeGreaterThan(1);
    must(await head.openVisit(deptVisit(teacher)));
    await sent(head);
    expect(await looking.says(1)).toMatchObject({ minutes: 30 });
    looking.end();
  }, 120_000);

  test('is told to themself, and not to a colleague', async () => {
    const app = await tablets.joined(staff[1] ?? new Uint8Array(16));
    const own = looksAt(app, me(app));
    await own.says(0);
    own.end();
    expect(shown(app.figures.load(hex(staff[0] ?? new Uint8Array(16))))).toBe('nothing');
  }, 120_000);
});
