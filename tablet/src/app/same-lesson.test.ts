// Shows, against the built server, when an observer is asked whether two visits are one lesson, what
// becomes of both answers, and that what another tablet had not sent is in the visit that is left.
import 'fake-indexeddb/auto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hex } from '../model/bytes';
import { connect } from '../transport/calls';
import { Halftermd, isBuilt } from '../transport/halftermd.testing';
import { Roster } from '../transport/roster.testing';
import { awayWhile, deptVisit, must, ready, sent, Tablets } from './app.testing';
import type { App, VisitChoice } from './contract';

const server = new Halftermd();
const tablets = new Tablets(server);
const minuteMs = 60_000;
// Noon in Greenwich of a day near today, so that an hour more is the same day anywhere in Europe.
const noonMs = Math.floor(Date.now() / 86_400_000) * 86_400_000 + 12 * 3_600_000;
let staff: string[] = [];

const choice = (teacher: string, change: Partial<VisitChoice> = {}): VisitChoice => ({
  ...deptVisit(teacher),
  announced: false,
  lessonMs: noonMs,
  ...change,
});
const open = async (app: App, teacher: string, change: Partial<VisitChoice> = {}) =>
  must(await app.openVisit(choice(teacher, change))).visitId;
const asked = (app: App) => ready(app.sameLessons);
const askedOf = (app: App, mine: string) => asked(app).filter((one) => one.mine === mine);
const page = (app: App, id: string) => ready(app.visit(id));
const notesOn = (app: App, id: string) => page(app, id).mySheet?.notes.map(({ text }) => text);

// The second tablet lies in a cupboard while this says so.
let isAway = false;

describe.runIf(isBuilt)('two visits that may be one lesson', () => {
  let lead: App;
  let mine: App;
  let office: App;
  beforeAll(async () => {
    await server.start();
    await server.importSchool();
    const roster = new Roster(server);
    staff = Array.from({ length: 8 }, (_, n) => hex(roster.teacher(n)));
    lead = await tablets.joined(roster.holder('head'));
    mine = await tablets.joined(roster.holder('slt'));
    const calls = awayWhile(() => isAway, connect(server.url));
    office = await tablets.joined(roster.holder('slt'), calls);
  }, 240_000);
  afterAll(() => server.end());
  const teacher = (n: number) => staff[n] ?? '';

  test('become one with every page in it, also what a second tablet had not sent', async () => {
    const theirs = await open(lead, teacher(0));
    must(await lead.addNote(theirs, noonMs, 'Books open by the bell.'));
    const given = await open(mine, teacher(0), { lessonMs: noonMs + 20 * minuteMs });
    must(await mine.addNote(given, noonMs, 'A quick start.'));
    await sent(mine);
    await sent(office);
    isAway = true;
    must(await office.addNote(given, noonMs, 'From the cupboard.'));
    await sent(lead);
    await sent(mine);
    expect(asked(mine)).toMatchObject([{ mine: given, theirs, classCode: '9M2' }]);
    // Who would read my page there, beside its lead.
    expect(asked(mine)[0]?.who.coObservers).toEqual([page(mine, theirs).lead.name]);

    must(await mine.joinLessons(given, theirs));
    expect(asked(mine)).toEqual([]);
    expect(page(mine, given).joining).toBe(true);
    must(await mine.addNote(given, noonMs, 'Still typing.'));
    await sent(mine);
    await sent(mine);
    expect(page(mine, given)).toMatchObject({ phase: 'withdrawn', joinedInto: theirs });
    expect(notesOn(mine, theirs)?.sort()).toEqual(['A quick start.', 'Still typing.']);
    isAway = false;
    await sent(office);
    await sent(mine);
    await sent(lead);
    expect(notesOn(mine, theirs)?.sort()).toEqual([
      'A quick start.',
      'From the cupboard.',
      'Still typing.',
    ]);
    expect(page(lead, theirs).observers).toHaveLength(2);
    expect(notesOn(lead, theirs)).toEqual(['Books open by the bell.']);
    expect(page(mine, given).declined).toEqual([]);
    expect(asked(lead)).toEqual([]);
  }, 240_000);

  test('become one where both say so at once', async () => {
    const theirs = await open(lead, teacher(7));
    const own = await open(mine, teacher(7));
    must(await mine.addNote(own, noonMs, 'Mine.'));
    must(await lead.addNote(theirs, noonMs, 'Theirs.'));
    for (const app of [lead, mine, lead]) await sent(app);
    const both = [lead.joinLessons(theirs, own), mine.joinLessons(own, theirs)];
    for (const outcome of await Promise.all(both)) must(outcome);
    for (const app of [mine, lead, mine, lead]) await sent(app);
    // Whichever was heard first.
    const stays = page(mine, own).joinedInto ?? own;
    for (const app of [mine, lead]) {
      expect(page(app, stays)).toMatchObject({ joinedInto: null, declined: [] });
      expect(page(app, stays).observers).toHaveLength(2);
      expect(page(app, stays === own ? theirs : own)).toMatchObject({ joinedInto: stays });
    }
    expect(notesOn(mine, stays)).toEqual(['Mine.']);
    expect(notesOn(lead, stays)).toEqual(['Theirs.']);
  }, 240_000);

  test('stay two where their observer says so, and are not asked about again', async () => {
    const theirs = await open(lead, teacher(1));
    await sent(lead);
    const own = await open(mine, teacher(1));
    await sent(mine);
    expect(asked(mine)).toMatchObject([{ mine: own, theirs }]);
    must(await mine.keepTwoLessons(own, theirs));
    expect(asked(mine)).toEqual([]);
    await sent(mine);
    expect(asked(mine)).toEqual([]);
    expect(page(mine, own).phase).toBe('planned');
  }, 240_000);

  test('are not asked about where they cannot be one', async () => {
    await open(lead, teacher(2));
    await open(lead, teacher(3));
    await open(lead, teacher(4));
    await sent(lead);
    // An hour later, another kind that leaders do not read, another day.
    await open(mine, teacher(2), { lessonMs: noonMs + 60 * minuteMs });
    await open(mine, teacher(3), { kind: 'INFORMAL' });
    await open(mine, teacher(4), { lessonMs: noonMs + 24 * 60 * minuteMs });
    await sent(mine);
    expect(asked(mine)).toEqual([]);
  }, 240_000);

  test('wait while feedback is begun that could not go along', async () => {
    const theirs = await open(lead, teacher(5));
    await sent(lead);
    const own = await open(mine, teacher(5));
    must(await mine.addStrength(own, 'A calm start.'));
    await sent(mine);
    expect(asked(mine)).toMatchObject([{ mine: own, theirs, feedbackBegun: true }]);
    expect((await mine.joinLessons(own, theirs)).ok).toBe(false);
    expect(page(mine, own).phase).toBe('planned');
  }, 240_000);

  test('of one observer on two tablets become one, the later in the earlier', async () => {
    const first = await open(mine, teacher(6));
    must(await mine.addNote(first, noonMs, 'On the first.'));
    const second = await open(office, teacher(6));
    must(await office.addStrength(second, 'A calm start.'));
    await sent(mine);
    await sent(office);
    await sent(mine);
    expect(askedOf(mine, second)).toMatchObject([{ theirs: first, colleague: '' }]);
    expect(askedOf(mine, first)).toEqual([]);
    must(await mine.joinLessons(second, first));
    await sent(mine);
    await sent(mine);
    expect(page(mine, first).feedback?.strengths.map(({ text }) => text)).toEqual([
      'A calm start.',
    ]);
    expect(notesOn(mine, first)).toEqual(['On the first.']);
  }, 240_000);

  test('are asked about on both sides of midnight, by the lesson’s time', async () => {
    const hour = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: 'numeric' });
    const midnightMs = noonMs + (24 - Number(hour.format(noonMs))) * 60 * minuteMs;
    const theirs = await open(lead, teacher(2), { lessonMs: midnightMs - 10 * minuteMs });
    await sent(lead);
    const own = await open(mine, teacher(2), { lessonMs: midnightMs + 5 * minuteMs });
    await sent(mine);
    expect(askedOf(mine, own)).toMatchObject([{ theirs }]);
    must(await mine.keepTwoLessons(own, theirs));
    // Half an hour apart is one lesson, and a minute more is not, whatever the day.
    const late = await open(mine, teacher(2), { lessonMs: midnightMs + 21 * minuteMs });
    expect(askedOf(mine, late).map((one) => one.theirs)).not.toContain(theirs);
  }, 240_000);
});
