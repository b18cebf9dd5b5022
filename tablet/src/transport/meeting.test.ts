// Shows that two tablets of the app, against the built server, keep every word: written offline, at once,
// through lost answers and a server that stops.
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { create } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coreSha256 } from '#core/pin';
import { ReferenceSchema } from '#proto/directory_pb';
import {
  FeedbackSchema,
  PlanSchema,
  ResponseSchema,
  SheetSchema,
  VisitKind,
} from '#proto/observation_pb';
import { Disposition, IntentSchema } from '#proto/sync_pb';
import { Core } from '../../core/core';
import { type Bytes, classOf, facetId, hex, newRecordId, unhex } from '../model/bytes';
import { Directory } from '../model/directory';
import { Changes } from '../model/gesture';
import { facetClass, VisitRecord } from '../model/visit';
import { newDatabaseName, PersonDatabase } from '../store/database';
import type { TabletMoment } from '../store/outbox';
import { PersonStore } from '../store/person-store';
import { connect, troubleOf } from './calls';
import { Halftermd, isBuilt } from './halftermd.testing';
import { meet } from './meeting';

const wasm = new Uint8Array(
  readFileSync(new URL('../../.generated/core/core.wasm', import.meta.url)),
);
const core = await Core.load(wasm, coreSha256);
const random = (size: number): Bytes => crypto.getRandomValues(new Uint8Array(size));

const server = new Halftermd();
let head = new Uint8Array(16);
let teacher = new Uint8Array(16);
const idOf = (text: string) => unhex(text.replaceAll('-', ''));

// One person's store on one tablet, and its clock.
class TestTablet {
  readonly device = random(16);
  clockMs = 0;
  #store: PersonStore | null = null;
  readonly #name = newDatabaseName();
  #key: CryptoKey | null = null;
  boot = 1n;

  get store(): PersonStore {
    if (this.#store === null) throw new Error('the tablet is off');
    return this.#store;
  }
  readonly now = (): TabletMoment => ({
    wallMs: Date.now() + this.clockMs,
    monoMs: Math.floor(performance.now()),
    boot: this.boot,
  });
  async on(): Promise<void> {
    this.#key ??= await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    const nowhere = () => ({ serverPoint: new Uint8Array(0), device: this.device });
    this.#store = await PersonStore.open(core, new PersonDatabase(this.#name), this.#key, nowhere);
  }
  // As if the battery had gone: what is not on disk is lost.
  async offAndOn(): Promise<void> {
    this.store.close();
    this.boot += 1n;
    await this.on();
  }
  async signIn(person: Uint8Array): Promise<void> {
    const { session, token, key } = await server.openSession(person, this.device);
    await this.store.changeOutbox(({ row }) => {
      row.person = Uint8Array.from(person);
      row.session = session;
      row.token = token;
      row.key = key;
    });
  }
  meet() {
    const { sync: calls } = connect(server.url);
    return meet(this.store, {
      calls,
      device: this.device,
      app: 'test',
      now: this.now,
      periods: [],
    });
  }
}

async function tabletOf(person: Uint8Array): Promise<TestTablet> {
  const tablet = new TestTablet();
  await tablet.on();
  await tablet.signIn(person);
  await tablet.meet();
  return tablet;
}

async function newVisit(tablet: TestTablet, kind: VisitKind): Promise<string> {
  const record = newRecordId(Date.now(), random(16));
  const changes = new Changes(PlanSchema)
    .set('kind', kind)
    .set('teacher', teacher)
    .set('lead', head)
    .set('lessonStartMs', Date.now())
    .entry('observers', head);
  const plan = { facet: facetId(record, facetClass.plan), changes: changes.list() };
  await tablet.store.write([plan], tablet.now());
  return hex(record);
}

const sheetOf = (record: string) => facetId(unhex(record), facetClass.sheet, head);
const rate = (tablet: TestTablet, record: string, element: number, level: number) =>
  tablet.store.write(
    [
      {
        facet: sheetOf(record),
        changes: new Changes(SheetSchema).entry('ratings', element, { level }).list(),
      },
    ],
    tablet.now(),
  );
const note = (tablet: TestTablet, record: string, text: string) =>
  tablet.store.write(
    [
      {
        facet: sheetOf(record),
        changes: new Changes(SheetSchema).entry('notes', random(16), { text }).list(),
      },
    ],
    tablet.now(),
  );
const notesOn = (tablet: TestTablet, record: string) =>
  new VisitRecord(tablet.store, record)
    .sheet(hex(head))
    .notes.map((n) => n.text)
    .sort();

describe.runIf(isBuilt)('a tablet and the built server', () => {
  beforeAll(async () => {
    await server.start();
    await server.importSchool();
    const rows = (name: string) =>
      readFileSync(`${server.roster}/${name}.csv`, 'utf8')
        .split(/\r?\n/)
        .map((line) => line.split(','));
    const grants = rows('grants');
    head = idOf(grants.find(([, role]) => role === 'head')?.[0] ?? '');
    const posts = new Set(grants.map(([person]) => person));
    const staff = rows('people').find(([id, , type]) => type === 'staff' && !posts.has(id));
    teacher = idOf(staff?.[0] ?? '');
  }, 120_000);
  afterAll(() => server.end());

  test('holds the same as the server after a first fetch, and again after a restart', async () => {
    const tablet = await tabletOf(head);
    expect(tablet.store.base.records.size).toBeGreaterThan(100);
    const report = await tablet.meet();
    expect(report.confirmed).toBe(true);
    expect(report.records).toBe(0);
    await tablet.offAndOn();
    expect((await tablet.meet()).confirmed).toBe(true);
  }, 120_000);

  test('keeps what was written with no server, through a power cut, and sends it once', async () => {
    const tablet = await tabletOf(head);
    await server.stop();
    const record = await newVisit(tablet, VisitKind.DEPT);
    await note(tablet, record, 'Quiet start.');
    await expect(tablet.meet()).rejects.toSatisfy((error) => troubleOf(error) === 'offline');
    await tablet.offAndOn();
    await note(tablet, record, 'Two hands up.');
    expect(notesOn(tablet, record)).toEqual(['Quiet start.', 'Two hands up.']);
    await server.start();
    const report = await tablet.meet();
    expect(report.sent).toBe(3);
    expect(tablet.store.outbox.unsent).toBe(0);
    expect((await tablet.meet()).sent).toBe(0);
    expect(notesOn(tablet, record)).toEqual(['Quiet start.', 'Two hands up.']);
    const other = await tabletOf(head);
    expect(notesOn(other, record)).toEqual(['Quiet start.', 'Two hands up.']);
  }, 120_000);

  test('keeps both levels of two tablets of one author, for the author to choose from', async () => {
    const one = await tabletOf(head);
    const record = await newVisit(one, VisitKind.DEPT);
    await note(one, record, 'First.');
    await one.meet();
    const two = await tabletOf(head);
    two.clockMs = 5 * 86_400_000;
    await rate(one, record, 4, 3);
    await rate(two, record, 4, 2);
    await note(two, record, 'Second.');
    await one.meet();
    await two.meet();
    await one.meet();
    for (const tablet of [one, two]) {
      const { disputed } = tablet.store.view(SheetSchema, hex(sheetOf(record)));
      expect(disputed.map((d) => d.values.map((value) => value.value[0]).sort())).toEqual([[2, 3]]);
      expect(notesOn(tablet, record)).toEqual(['First.', 'Second.']);
    }
    await rate(two, record, 4, 2);
    await two.meet();
    await one.meet();
    expect(one.store.view(SheetSchema, hex(sheetOf(record))).disputed).toEqual([]);
  }, 120_000);

  test('shares a version that the teacher acknowledges, bound to its text', async () => {
    const tablet = await tabletOf(head);
    const record = await newVisit(tablet, VisitKind.DEPT);
    await note(tablet, record, 'Evidence.');
    await rate(tablet, record, 1, 3);
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

    const reader = await tabletOf(teacher);
    const seen = new VisitRecord(reader.store, record);
    expect(seen.versions().map(({ shared }) => shared.strengths)).toEqual([['Calm and clear.']]);
    expect(seen.sheetOwners()).toEqual([]);

    // "Who can see this?" says what the server files by: for whoever of its scopes each reader has.
    for (const [{ store }, person] of [
      [tablet, head],
      [reader, teacher],
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
      if (person === head)
        own.add(`04${directory.siteOf(directory.firstDepartment(hex(teacher)))}`);
      for (const [facet, { heldBy }] of store.base.records.get(record) ?? []) {
        const said = filed.audience(facet, facts).map(({ type, id }) => `0${type}${hex(id)}`);
        expect(said.filter((scope) => own.has(scope)).join('')).toBe(hex(heldBy));
      }
    }

    const version = seen.versions()[0]?.facet ?? '';
    const { facet: digest } = core.digests(unhex(version), reader.store.shown(version));
    const ack = new Changes(ResponseSchema).entry('acks', 1, { digest });
    const response = facetId(unhex(record), facetClass.response, teacher);
    await reader.store.write([{ facet: response, changes: ack.list() }], reader.now());
    await reader.meet();
    await tablet.meet();
    const [acked] = new VisitRecord(tablet.store, record).response.acks;
    expect(hex(acked?.digest ?? new Uint8Array(0))).toBe(hex(digest));
  }, 120_000);
});
