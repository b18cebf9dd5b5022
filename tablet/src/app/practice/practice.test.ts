// Shows what leaders write on the pages of the feedback loop, on tablets of the built server: with no
// signal, side by side, and put together again.
import 'fake-indexeddb/auto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Bytes, hex, unhex } from '../../model/bytes';
import { Halftermd, isBuilt } from '../../transport/halftermd.testing';
import { idOf, Roster } from '../../transport/roster.testing';
import { must, ready, sent, Tablets } from '../app.testing';
import type { App, CycleReview } from '../contract';

const server = new Halftermd();
const tablets = new Tablets(server);
const dayMs = 86_400_000;
const inAWeek = Math.ceil(Date.now() / dayMs + 7) * dayMs;
let leaders: Bytes[] = [];
let school = '';
let teacher = '';

// The page of the school's cycle, as somebody who looks at it has it.
function cycleOf(app: App) {
  const store = app.figures.cycle(school);
  store.subscribe(() => undefined);
  const review = (): CycleReview => {
    const own = ready(store).value.reviews.find(({ scope }) => scope === school);
    if (own === undefined) throw new Error('the school has no review');
    return own;
  };
  return { store, review };
}
const shown = (app: App) =>
  vi.waitFor(() => cycleOf(app).review(), { timeout: 20_000, interval: 50 });
// What the server took without keeping anything of it aside.
const allTaken = (app: App) =>
  app.waiting.get().items.length === 0 && app.waiting.get().notices.length === 0;

describe.runIf(isBuilt)('writing on the pages of the feedback loop', () => {
  beforeAll(async () => {
    await server.start();
    await server.importSchool();
    const roster = new Roster(server);
    const grants = roster.grants.filter(([, role]) => role === 'slt');
    leaders = grants.slice(0, 2).map(([person]) => idOf(person ?? ''));
    school = hex(idOf(grants[0]?.[2] ?? ''));
    teacher = hex(roster.teacher());
  }, 120_000);
  afterAll(() => server.end());

  test('two leaders decide differently with no signal: both are there, and what is saved next settles it', async () => {
    const [one = new Uint8Array(16), other = new Uint8Array(16)] = leaders;
    const here = await tablets.joined(one);
    const there = await tablets.joined(other);
    const place = await shown(here);
    const decision = { text: 'Keys for the first floor.', owner: hex(one), dueMs: inAWeek };
    // The page has not drawn the first when the second is written: it is the same review.
    await Promise.all([
      here.decide(place, null, decision),
      here.aimFor(place, null, { text: 'Lessons that begin in time', value: 90, now: 84 }),
    ]);
    must(await here.lookAtWeek(place, 1, 'behind', 'Two corridors wait.'));
    expect(cycleOf(here).review()).toMatchObject({
      begun: true,
      kept: 'onTablet',
      targetsMet: 0,
      targetsMeasured: 1,
      checkPoints: [{ week: 1, state: 'behind', text: 'Two corridors wait.' }],
      decisions: [{ text: decision.text, dueMs: inAWeek, done: false, differs: [] }],
    });
    await sent(here);
    await sent(there);
    await shown(there);
    const held = await vi.waitFor(
      () => {
        const review = cycleOf(there).review();
        expect(review.decisions).toHaveLength(1);
        return review;
      },
      { timeout: 20_000 },
    );
    const key = held.decisions[0]?.key ?? '';
    must(await here.decide(held, key, { owner: teacher }));
    must(await there.decide(held, key, { owner: hex(other), done: true }));
    await sent(here);
    await sent(there);
    await sent(here);
    for (const app of [here, there]) {
      const [met] = cycleOf(app).review().decisions;
      expect(met?.done).toBe(true);
      expect(met?.differs.map(({ field }) => field)).toEqual(['owner']);
      expect(met?.differs[0]?.values).toHaveLength(2);
    }
    must(await here.decide(held, key, { owner: hex(one) }));
    await sent(here);
    await sent(there);
    for (const app of [here, there]) {
      const [settled] = cycleOf(app).review().decisions;
      expect(settled).toMatchObject({ ownerId: hex(one), differs: [], done: true });
      expect(allTaken(app)).toBe(true);
    }
  });

  test('a step is looked in on by a visit of its own, and the server takes both at once', async () => {
    const [one = new Uint8Array(16)] = leaders;
    const app = await tablets.joined(one);
    const { visitId } = must(
      await app.openVisit({
        kind: 'DEPT',
        teacherId: teacher,
        classCode: '9M2',
        room: 'B12',
        announced: true,
        minutes: 30,
        lessonMs: null,
        loadReason: '',
        observerIds: [],
      }),
    );
    must(await app.rate(visitId, 1, 3));
    must(await app.addStrength(visitId, 'Calm start.'));
    must(await app.addStep(visitId, 'Ask two pupils by name.', 4, inAWeek));
    must(await app.share(visitId));
    await sent(app);
    const step = ready(app.steps)[0];
    expect(step).toMatchObject({ visitId, status: 'open', check: null, mayLookIn: true });
    const begun = must(await app.lookIn(visitId, step?.stepId ?? '', null));
    expect(ready(app.steps)[0]).toMatchObject({
      check: { visitId: begun.visitId },
      mayLookIn: false,
    });
    await sent(app);
    expect(allTaken(app)).toBe(true);
    expect(ready(app.visit(begun.visitId)).teacher?.id).toBe(teacher);
  });

  test('what the server cannot take is kept with its words, and says so', async () => {
    const app = await tablets.joined(unhex(teacher));
    must(
      await app.beginCell(
        { scope: school, role: 'SLT', fn: 'Induction', strand: 'whole' },
        { objective: 'Nobody asked me to.' },
      ),
    );
    const [waiting] = app.waiting.get().items;
    expect(waiting).toMatchObject({ kept: 'onTablet', visitId: null });
    expect(waiting?.title).toMatch(/ · Induction$/);
    await sent(app);
    expect(app.waiting.get().items).toMatchObject([{ kept: 'parked', title: waiting?.title }]);
    expect(app.waiting.get().notices).toMatchObject([{ kind: 'refused', reason: 'neverAllowed' }]);
  });
});
