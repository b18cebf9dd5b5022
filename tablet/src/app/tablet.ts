// This tablet: its people, and who is in.
//
// Nothing here deletes unsent work: leaving, signing out and a forgotten PIN all leave the store where it
// is, and what it holds for the server, sealed, goes up with anybody's sign-in.
import type { Core } from '../../core/core';
import { type Bytes, unhex } from '../model/bytes';
import {
  type Fetched,
  type FileRow,
  fetchRows,
  newDatabaseName,
  PersonDatabase,
  type PersonRow,
  type TabletDatabase,
  type TabletRow,
} from '../store/database';
import { newDataKey, unwrapDataKey } from '../store/keys';
import type { TabletMoment } from '../store/outbox';
import { type ChangedBy, PersonStore } from '../store/person-store';
import type { Calls } from '../transport/calls';
import type { MeetingReport } from '../transport/meeting';
import { readBackup } from './backup';
import { Carrying } from './carrying';
import { Contact, type SyncSeen } from './contact';
import type { Outcome, SignIn } from './contract';
import { Desk } from './desk';
import { type HeldLock, tryLock } from './held-lock';
import { Joining } from './joining';
import { PeopleHere } from './people-here';
import { choosesAnother, isPin, isTooSimple, pinTries, waitAfter } from './pin';
import { madePassphrase } from './sign-ins';
import { done, refused } from './writing';

export interface Surroundings {
  // Under way while the first screen is drawn; needed once somebody is in.
  readonly core: Core | Promise<Core>;
  readonly database: TabletDatabase;
  readonly calls: Calls;
  readonly app: string;
  readonly nowMs: () => number;
  readonly monoMs: () => number;
  readonly random: (size: number) => Bytes;
  // From 0 to 1.
  readonly jitter: () => number;
}

// A person's disk, being read while nobody can open it yet.
interface Reading {
  readonly database: PersonDatabase;
  // Null: another tab writes.
  readonly lock: Promise<HeldLock | null>;
  readonly fetching: Promise<Fetched>;
  readonly giveUp: () => void;
}

export class Tablet {
  readonly #around: Surroundings;
  readonly #boot: bigint;
  readonly #people: PeopleHere;
  readonly #carrying: Carrying;
  readonly #contact: Contact;
  readonly #joining: Joining;
  #row: TabletRow | null = null;
  #store: PersonStore | null = null;
  #desk: Desk | null = null;
  #lock: HeldLock | null = null;
  // Of the store that is open; it cannot be taken out of the browser's keeping.
  #key: CryptoKey | null = null;
  #isLocked = false;
  #started = false;
  // Called after every change of what is here. 'server': by what is being fetched, of which more comes.
  changed: (by?: ChangedBy) => void = () => {};
  // Half-terms to hold; empty: what the server finds usual.
  periods: () => readonly number[] = () => [];
  // Called before a meeting, and after it with what it did.
  meets: () => Promise<void> = async () => {};
  met: (report: MeetingReport) => Promise<void> = async () => {};

  constructor(around: Surroundings) {
    const { database, calls, app, nowMs, jitter, random } = around;
    this.#around = around;
    this.#boot = BigInt(Math.floor(nowMs()));
    this.#people = new PeopleHere(database);
    this.#carrying = new Carrying(database, calls.accounts);
    const shared = {
      nowMs,
      people: this.#people,
      row: () => this.#row,
      changeTablet: (change: Partial<TabletRow>) => this.#changeTablet(change),
    };
    this.#contact = new Contact({
      ...shared,
      calls,
      app,
      jitter,
      now: this.now,
      carrying: this.#carrying,
      writer: () =>
        this.#store === null || this.#desk === null || !this.mayWrite
          ? null
          : { store: this.#store, desk: this.#desk },
      periods: () => this.periods(),
      meets: () => this.meets(),
      met: (report) => this.met(report),
      lookAgain: () => this.lookAgain(),
      changed: (by) => this.changed(by),
    });
    this.#joining = new Joining({
      ...shared,
      database,
      accounts: calls.accounts,
      random,
      joined: (row) => {
        this.#row = row;
      },
      signedIn: async (personId) => {
        if (this.#desk?.me === personId) await this.#takeSession();
        this.changed();
      },
    });
  }

  // --- What is here. ---

  get row(): TabletRow | null {
    return this.#row;
  }
  get people(): readonly PersonRow[] {
    return this.#people.all;
  }
  // Of backup files that were taken in here.
  get files(): readonly FileRow[] {
    return this.#carrying.files;
  }
  get desk(): Desk | null {
    return this.#desk;
  }
  get isLocked(): boolean {
    return this.#isLocked;
  }
  get isStarted(): boolean {
    return this.#started;
  }
  get mayWrite(): boolean {
    return this.#lock !== null;
  }
  get seen(): SyncSeen {
    return this.#contact.seen;
  }
  needsPin(person: PersonRow): boolean {
    return person.key === null || person.pinTries === choosesAnother;
  }
  readonly now = (): TabletMoment => ({
    wallMs: Math.floor(this.#around.nowMs()),
    monoMs: Math.floor(this.#around.monoMs()),
    boot: this.#boot,
  });

  async start(): Promise<void> {
    this.#row = (await this.#around.database.tablet.get('tablet')) ?? null;
    await this.#people.read();
    await this.#carrying.start();
    this.#started = true;
    this.changed();
  }

  // --- Joining, signing in. ---

  enrol(code: string): Promise<Outcome> {
    return this.#joining.enrol(code);
  }
  addPerson(code: string): Promise<Outcome> {
    return this.#joining.addPerson(code);
  }
  signIn(how: SignIn): Promise<Outcome> {
    return this.#joining.signIn(how);
  }

  addByPassphrase(signInName: string, passphrase: string): Promise<Outcome> {
    return this.#joining.addByPassphrase(signInName, passphrase);
  }
  choosePassphrase(code: string, next: string): Promise<Outcome> {
    return this.#joining.choosePassphrase(code, next);
  }
  goToProvider(code: string): Promise<Outcome<{ readonly url: string }>> {
    return this.#joining.goToProvider(code);
  }
  backFromProvider(state: string, code: string): Promise<Outcome> {
    return this.#joining.backFromProvider(state, code);
  }

  // --- PINs. ---

  async choosePin(personId: string, pin: string): Promise<Outcome> {
    const row = this.#row;
    const person = this.#people.find(personId);
    if (row === null || person === undefined || !isPin(pin)) return refused('pinWrong');
    if (isTooSimple(pin)) return refused('pinTooSimple');
    if (!this.#joining.sessions.has(personId)) return refused('notAllowed');
    const { key, wrapped } = await newDataKey(row.deviceKey, pin);
    const database = newDatabaseName();
    // The store of a forgotten PIN stays, with what it has for the server.
    const earlier = person.key === null ? person.earlier : [...person.earlier, person.database];
    await this.#people.change(personId, {
      key: wrapped,
      database,
      earlier,
      pinTries: 0,
      waitUntilMs: 0,
    });
    return this.#open(personId, key);
  }

  async enterPin(personId: string, pin: string): Promise<Outcome> {
    const row = this.#row;
    const person = this.#people.find(personId);
    if (row === null || person === undefined || person.key === null) return refused('pinWrong');
    if (person.pinTries >= pinTries) return refused('pinLocked');
    const now = this.#around.nowMs();
    if (person.waitUntilMs > now) return refused('pinWait');
    const tries = person.pinTries + 1;
    // Counted before anybody learns what it opens: a tablet that is switched off in between has used a
    // try. While the PIN is stretched, the disk is read.
    const counted = this.#people.change(personId, {
      pinTries: tries,
      waitUntilMs: now + waitAfter(tries),
    });
    const reading = this.#desk === null ? this.#beginReading(person.database) : null;
    const unwrapped = unwrapDataKey(row.deviceKey, pin, person.key);
    const [key] = await Promise.all([unwrapped, counted]).catch((error: unknown) => {
      reading?.giveUp();
      throw error;
    });
    if (key === null) {
      reading?.giveUp();
      this.changed();
      return refused(tries >= pinTries ? 'pinLocked' : 'pinWrong');
    }
    // Not waited for: whoever typed the right digits does not look at the disk for that.
    const noted = this.#people.change(personId, { pinTries: 0, waitUntilMs: 0 });
    if (this.#desk?.me === personId) {
      await noted;
      this.#isLocked = false;
      this.changed();
      return done;
    }
    const [opened] = await Promise.all([this.#open(personId, key, reading), noted]);
    return opened;
  }

  // `reading`: what was begun while nobody was in.
  async #open(personId: string, key: CryptoKey, reading: Reading | null = null): Promise<Outcome> {
    await this.#leave();
    const person = this.#people.find(personId);
    if (this.#row === null || person === undefined) return refused('notAllowed');
    this.#key = key;
    await this.#openStore(person, reading ?? this.#beginReading(person.database));
    this.#isLocked = false;
    await this.#takeSession();
    this.lookAgain();
    this.changed();
    this.wantMeeting();
    await this.#people.change(personId, { lastUsedMs: Math.floor(this.#around.nowMs()) });
    return done;
  }

  // Reads the disk, after the lock was taken: what another tab wrote until then is in it.
  #beginReading(name: string, steal = false): Reading {
    const database = new PersonDatabase(name);
    const lock = this.#takeLock(name, steal);
    const fetching = lock.then((held) => fetchRows(database, held === null ? 'reads' : 'writes'));
    // Whoever opens the store hears of a disk that fails.
    fetching.catch(() => {});
    const giveUp = () => {
      void lock.then((held) => held?.release());
      database.close();
    };
    return { database, lock, fetching, giveUp };
  }

  async #openStore(
    person: PersonRow,
    { database, lock, fetching }: Omit<Reading, 'giveUp'>,
  ): Promise<void> {
    if (this.#key === null) return;
    this.#lock = await lock;
    const sealTo = () => ({
      serverPoint: this.#row?.serverPoint ?? new Uint8Array(0),
      device: this.#row?.device ?? new Uint8Array(0),
    });
    const core = await this.#around.core;
    this.#store = await PersonStore.open(core, database, this.#key, sealTo, fetching);
    this.#desk = new Desk(this.#store, person.id, this.#around.nowMs);
    this.#desk.lookAgain(this.#row?.leaseDays ?? 0);
    this.#store.onChange((by) => {
      this.changed(by);
      this.#contact.written();
    });
  }

  async #takeSession(): Promise<void> {
    const store = this.#store;
    const id = this.#desk?.me ?? '';
    const session = this.#joining.sessions.get(id);
    if (store === null || session === undefined || !this.mayWrite) return;
    await store.changeOutbox(({ row }) => {
      row.person = unhex(id);
      row.session = session.session;
      row.token = session.token;
      row.key = session.key;
    });
    const made =
      session.madePassphrase === null
        ? {}
        : { [madePassphrase]: session.madePassphrase || undefined };
    await store.setLocal({ expiresMs: session.expiresMs, ...made });
    this.#joining.sessions.delete(id);
    this.wantMeeting();
  }

  // --- Leaving. ---

  async lock(): Promise<Outcome> {
    this.#isLocked = this.#desk !== null;
    await this.#sealOpen();
    this.changed();
    return done;
  }

  async switchPerson(): Promise<Outcome> {
    await this.#leave();
    this.changed();
    return done;
  }

  async useThisTab(): Promise<Outcome> {
    const person = this.#people.find(this.#desk?.me);
    if (person === undefined || this.mayWrite) return done;
    const reading = this.#beginReading(person.database, true);
    this.#store?.close();
    await this.#openStore(person, reading);
    await this.#takeSession();
    this.changed();
    this.wantMeeting();
    return done;
  }

  // What is offered to a courier never changes again, so what is open becomes groups now.
  async #sealOpen(): Promise<void> {
    if (this.#store === null || !this.mayWrite || this.#store.outbox.row.replica === 0n) return;
    await this.#store.seal().catch(() => {});
    await this.#contact.noteUnsent();
  }

  async #leave(): Promise<void> {
    await this.#contact.leave(() => this.#sealOpen());
    this.#store?.close();
    this.#store = null;
    this.#desk = null;
    this.#key = null;
    this.#isLocked = false;
    this.#lock?.release();
    this.#lock = null;
  }

  #takeLock(database: string, steal: boolean): Promise<HeldLock | null> {
    return tryLock(`halfterm/${database}`, steal, () => {
      this.#lock = null;
      this.#contact.stopListening();
      this.changed();
    });
  }

  // --- Meeting the server. ---

  wantMeeting() {
    this.#contact.want();
  }
  // Resolves when the meeting that runs, or the one that this begins, is over.
  meetNow(): Promise<Outcome> {
    return this.#contact.meetNow();
  }

  // Notes the time, and shows what may be shown now: a role may have ended since, or the lease.
  lookAgain(): void {
    const desk = this.#desk;
    if (desk === null) return;
    if (this.mayWrite) void desk.store.setLocal({ seenMs: desk.latestMs() }).catch(() => {});
    if (desk.lookAgain(this.#row?.leaseDays ?? 0)) this.changed();
  }

  // A file of this school, from any of its tablets. What it holds waits here until the server has it.
  async takeInBackup(file: Uint8Array): Promise<Outcome<{ readonly changes: number }>> {
    const row = this.#row;
    if (row === null) return refused('notAllowed');
    const found = await readBackup(file, row.school);
    if (typeof found === 'string') return refused(found);
    try {
      const changes = await this.#carrying.takeIn(found, Math.floor(this.#around.nowMs()));
      this.changed();
      this.wantMeeting();
      return { ok: true, value: { changes } };
    } catch {
      return { ok: false, problem: { kind: 'disk' } };
    }
  }

  async #changeTablet(change: Partial<TabletRow>): Promise<void> {
    if (this.#row === null) return;
    this.#row = { ...this.#row, ...change };
    await this.#around.database.tablet.put(this.#row);
  }
}
