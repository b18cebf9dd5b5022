// A tablet of the app against the built server, for tests: its store, its clock, and what a head writes.
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { coreSha256 } from '#core/pin';
import { PlanSchema, SheetSchema, type VisitKind } from '#proto/observation_pb';
import { Core } from '../../core/core';
import { type Bytes, facetId, hex, keyNumber, newRecordId, unhex } from '../model/bytes';
import { Changes } from '../model/gesture';
import { decodeUnsigned } from '../model/value';
import { facetClass, VisitRecord } from '../model/visit';
import { newDatabaseName, PersonDatabase } from '../store/database';
import type { TabletMoment } from '../store/outbox';
import { PersonStore } from '../store/person-store';
import { connect } from './calls';
import type { Halftermd } from './halftermd.testing';
import { type MeetingOptions, meet } from './meeting';
import { Roster } from './roster.testing';

const wasm = new Uint8Array(
  readFileSync(new URL('../../.generated/core/core.wasm', import.meta.url)),
);
export const core = await Core.load(wasm, coreSha256);
export const random = (size: number): Bytes => crypto.getRandomValues(new Uint8Array(size));

// One person's store on one tablet, and its clock.
export class TestTablet {
  constructor(readonly server: Halftermd) {}
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
    const { session, token, key } = await this.server.openSession(person, this.device);
    await this.store.changeOutbox(({ row }) => {
      row.person = Uint8Array.from(person);
      row.session = session;
      row.token = token;
      row.key = key;
    });
  }
  // `bent`: what a test puts between.
  meet(bent: Partial<MeetingOptions> = {}) {
    const { sync: calls, recovery } = connect(this.server.url);
    return meet(this.store, {
      calls,
      recovery,
      device: this.device,
      app: 'test',
      now: this.now,
      periods: [],
      ...bent,
    });
  }
}

// The demonstration school's head, one of its teachers, and what is done on their tablets.
export class Staff {
  readonly head: Bytes;
  readonly teacher: Bytes;

  constructor(readonly server: Halftermd) {
    const roster = new Roster(server);
    this.head = roster.holder('head');
    this.teacher = roster.teacher();
  }

  async tabletOf(person: Uint8Array): Promise<TestTablet> {
    const tablet = new TestTablet(this.server);
    await tablet.on();
    await tablet.signIn(person);
    await tablet.meet();
    return tablet;
  }

  async newVisit(tablet: TestTablet, kind: VisitKind): Promise<string> {
    const record = newRecordId(Date.now(), random(16));
    const changes = new Changes(PlanSchema)
      .set('kind', kind)
      .set('teacher', this.teacher)
      .set('lead', this.head)
      .set('lessonStartMs', Date.now())
      .entry('observers', this.head);
    const plan = { facet: facetId(record, facetClass.plan), changes: changes.list() };
    await tablet.store.write([plan], tablet.now());
    return hex(record);
  }

  sheetOf(record: string): Bytes {
    return facetId(unhex(record), facetClass.sheet, this.head);
  }

  rate(tablet: TestTablet, record: string, element: number, level: number): Promise<void> {
    const changes = new Changes(SheetSchema).entry('ratings', element, { level }).list();
    return tablet.store.write([{ facet: this.sheetOf(record), changes }], tablet.now());
  }

  note(tablet: TestTablet, record: string, text: string): Promise<void> {
    const changes = new Changes(SheetSchema).entry('notes', random(16), { text }).list();
    return tablet.store.write([{ facet: this.sheetOf(record), changes }], tablet.now());
  }

  // Of each element that is rated, ascending: its values that nobody has chosen between.
  levelsOn(tablet: TestTablet, record: string): number[][] {
    const { message, disputed } = tablet.store.view(SheetSchema, hex(this.sheetOf(record)));
    return message.ratings.map(({ element, level }) => {
      const open = disputed.filter(({ key }) => key !== null && keyNumber(key) === element);
      const values = open.flatMap((one) =>
        one.values.map(({ value }) => Number(decodeUnsigned(value))),
      );
      return values.length > 0 ? values : [level ?? 0];
    });
  }

  notesOn(tablet: TestTablet, record: string): string[] {
    return new VisitRecord(tablet.store, record)
      .sheet(hex(this.head))
      .notes.map((note) => note.text ?? '')
      .sort();
  }
}
