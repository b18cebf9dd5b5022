// Shows that two tablets of the app, against the built server, keep every word: written offline, at once,
// through lost answers and a server that stops.
import { create } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReferenceSchema } from '#proto/directory_pb';
import { FeedbackSchema, ResponseSchema, SheetSchema, VisitKind } from '#proto/observation_pb';
import { Disposition, IntentSchema } from '#proto/sync_pb';
import { classOf, facetId, hex, unhex } from '../model/bytes';
import { Directory } from '../model/directory';
import { Changes } from '../model/gesture';
import { facetClass, VisitRecord } from '../model/visit';
import { troubleOf } from './calls';
import { Halftermd, isBuilt } from './halftermd.testing';
import { core, random, Staff } from './tablet.testing';

const server = new Halftermd();
let staff: Staff;

describe.runIf(isBuilt)('a tablet and the built server', () => {
  beforeAll(async () => {
    await server.start();
    await server.importSchool();
    staff = new Staff(server);
  }, 120_000);
  afterAll(() => server.end());

  test('holds the same as the server after a first fetch, and again after a restart', async () => {
    const tablet = await staff.tabletOf(staff.head);
    expect(tablet.store.base.records.size).toBeGreaterThan(100);
    const report = await tablet.meet();
    expect(report.confirmed).toBe(true);
    expect(report.records).toBe(0);
    await tablet.offAndOn();
    expect((await tablet.meet()).confirmed).toBe(true);
  }, 120_000);

  test('keeps what was written with no server, through a power cut, and sends it once', async () => {
    const tablet = await staff.tabletOf(staff.head);
    await server.stop();
    const record = await staff.newVisit(tablet, VisitKind.DEPT);
    await staff.note(tablet, record, 'Quiet start.');
    await expect(tablet.meet()).rejects.toSatisfy((error) => troubleOf(error) === 'offline');
    await tablet.offAndOn();
    await staff.note(tablet, record, 'Two hands up.');
    expect(staff.notesOn(tablet, record)).toEqual(['Quiet start.', 'Two hands up.']);
    await server.start();
    const report = await tablet.meet();
    expect(report.sent).toBe(3);
    expect(tablet.store.outbox.unsent).toBe(0);
    expect((await tablet.meet()).sent).toBe(0);
    expect(staff.notesOn(tablet, record)).toEqual(['Quiet start.', 'Two hands up.']);
    const other = await staff.tabletOf(staff.head);
    expect(staff.notesOn(other, record)).toEqual(['Quiet start.', 'Two hands up.']);
  }, 120_000);

  test('keeps both levels of two tablets of one author, for the author to choose from', async () => {
    const one = await staff.tabletOf(staff.head);
    const record = await staff.newVisit(one, VisitKind.DEPT);
    await staff.note(one, record, 'First.');
    await one.meet();
    const two = await staff.tabletOf(staff.head);
    two.clockMs = 5 * 86_400_000;
    await staff.rate(one, record, 4, 3);
    await staff.rate(two, record, 4, 2);
    await staff.note(two, record, 'Second.');
    await one.meet();
    await two.meet();
    await one.meet();
    for (const tablet of [one, two]) {
      const { disputed } = tablet.store.view(SheetSchema, hex(staff.sheetOf(record)));
      expect(disputed.map((d) => d.values.map((value) => value.value[0]).sort())).toEqual([[2, 3]]);
      expect(staff.notesOn(tablet, record)).toEqual(['First.', 'Second.']);
    }
    await staff.rate(two, record, 4, 2);
    await two.meet();
    await one.meet();
    expect(one.store.view(SheetSchema, hex(staff.sheetOf(record))).disputed).toEqual([]);
  }, 120_000);

  test('shares a version that the teacher acknowledges, bound to its text', async () => {
    const tablet = await staff.tabletOf(staff.head);
    const record = await staff.newVisit(tablet, VisitKind.DEPT);
    await staff.note(tablet, record, 'Evidence.');
    await staff.rate(tablet, record, 1, 3);
    const feedback = new Changes(FeedbackSchema)
      .entry('strengths', random(16), { text: 'Calm and clear.', place: Uint8Array.of(1) })
      .set('priority', 'Wait longer.');
    const facet = facetId(unhex(record), facetClass.feedback);
    await tablet.store.write([{ facet, changes: feedback.list() }], tablet.now());
    const share = create(IntentSchema, { what: { case: 'share', value: { round: 1, seen: [] } } });
    await tablet.store.intend(facetId(unhex(record), facetClass.plan), share, tablet.now());
    await tablet.meet();
    const visit = new VisitRecord(tablet.store, record);
    const results = [...tablet.store.outbox.groups.values()].map(({ row }) => row.result);
    expect(results.map((result) => [result?.disposition, result?.detail])).toEqual(
      Array(4).fill([Disposition.COMMITTED, '']),
    );
    expect(visit.phase).toMatchObject({ round: 1, level: 4 });
    expect(visit.versions().map(({ shared }) => shared.priority)).toEqual(['Wait longer.']);

    const reader = await staff.tabletOf(staff.teacher);
    const seen = new VisitRecord(reader.store, record);
    expect(seen.versions().map(({ shared }) => shared.strengths)).toEqual([['Calm and clear.']]);
    expect(seen.sheetOwners()).toEqual([]);

    // "Who can see this?" says what the server files by: for whoever of its scopes each reader has.
    for (const [{ store }, person] of [
      [tablet, staff.head],
      [reader, staff.teacher],
    ] as const) {
      const directory = new Directory();
      for (const facets of store.base.records.values()) {
        for (const facet of facets.keys()) {
          if (classOf(unhex(facet)) === facetClass.body) {
            directory.take(store.view(ReferenceSchema, facet).message);
          }
        }
      }
      const filed = new VisitRecord(store, record);
      const facts = filed.audienceFacts(directory, 0, []);
      const own = new Set([`02${hex(person)}`]);
      if (person === staff.head)
        own.add(`04${directory.siteOf(directory.firstDepartment(hex(staff.teacher)))}`);
      for (const [facet, { heldBy }] of store.base.records.get(record) ?? []) {
        const said = filed.audience(facet, facts).map(({ type, id }) => `0${type}${hex(id)}`);
        expect(said.filter((scope) => own.has(scope)).join('')).toBe(hex(heldBy));
      }
    }

    const version = seen.versions()[0]?.facet ?? '';
    const { facet: digest } = core.digests(unhex(version), reader.store.shown(version));
    const ack = new Changes(ResponseSchema).entry('acks', 1, { digest });
    const response = facetId(unhex(record), facetClass.response, staff.teacher);
    await reader.store.write([{ facet: response, changes: ack.list() }], reader.now());
    await reader.meet();
    await tablet.meet();
    const [acked] = new VisitRecord(tablet.store, record).response.acks;
    expect(hex(acked?.digest ?? new Uint8Array(0))).toBe(hex(digest));
    expect(new VisitRecord(tablet.store, record).acknowledged()).toEqual([1]);
  }, 120_000);
});
