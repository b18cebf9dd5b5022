// This tablet: its people, who is in, and when it meets the server.
//
// Nothing here deletes unsent work: leaving, signing out and a forgotten PIN all leave the store where it
// is, and what it holds for the server, sealed, goes up with anybody's sign-in.
import { ConnectError } from '@connectrpc/connect';
import type { Core } from '../../core/core';
import { type Bytes, hex, unhex } from '../model/bytes';
import {
  type FileRow,
  newDatabaseName,
  PersonDatabase,
  type PersonRow,
  type TabletDatabase,
  type TabletRow,
} from '../store/database';
import { newDataKey, newDeviceKey, newProofKey, unwrapDataKey } from '../store/keys';
import type { TabletMoment } from '../store/outbox';
import { type ChangedBy, PersonStore } from '../store/person-store';
import { enrol, readInvitation, renew, type SignInBy, signIn } from '../transport/accounts';
import { type Calls, pushbackMs, troubleOf, waitMs } from '../transport/calls';
import { type MeetingReport, meet } from '../transport/meeting';
import { readBackup } from './backup';
import { Carrying } from './carrying';
import type { Outcome, Problem, Refusal, SignIn } from './contract';
import { Desk, readGrant, storeGrant } from './desk';
import { type HeldLock, tryLock } from './held-lock';
import { isPin, isTooSimple, pinTries, waitAfter } from './pin';
import { type EndedRole, endedAtContact } from './sight';
import { idle, next, type SyncEvent, type SyncState } from './syncing';
import { done, refused } from './writing';

export interface Surroundings {
  readonly core: Core;
  readonly database: TabletDatabase;
  readonly calls: Calls;
  readonly app: string;
  readonly nowMs: () => number;
  readonly monoMs: () => number;
  readonly random: (size: number) => Bytes;
  // From 0 to 1.
  readonly jitter: () => number;
}

// What the server gave at a sign-in, until the person's store is open to keep it.
interface Session {
  readonly session: Uint8Array;
  readonly token: string;
  readonly key: Uint8Array;
  readonly expiresMs: number;
}

export interface SyncSeen {
  readonly online: boolean;
  readonly sending: { readonly k: number; readonly n: number } | null;
  readonly fetching: { readonly done: number; readonly of: number } | null;
  readonly busyUntilMs: number;
}

// So long before a session ends it is renewed.
const renewBeforeMs = 24 * 3_600_000;
// How long leaving waits for a meeting that was told to stop; what it still does then is refused.
const leaveMs = 1000;
// In the place of the tries: the person signed in after the last of them.
const choosesAnother = -1;

export class Tablet {
  readonly #around: Surroundings;
  readonly #boot: bigint;
  readonly #carrying: Carrying;
  readonly #sessions = new Map<string, Session>();
  readonly #tickets = new Map<
    string,
    { readonly ticket: Uint8Array; readonly hasPassphrase: boolean }
  >();
  #row: TabletRow | null = null;
  #people: PersonRow[] = [];
  #store: PersonStore | null = null;
  #desk: Desk | null = null;
  #lock: HeldLock | null = null;
  // Of the store that is open; it cannot be taken out of the browser's keeping.
  #key: CryptoKey | null = null;
  #isLocked = false;
  #started = false;
  #state: SyncState = idle;
  #seen: SyncSeen = { online: true, sending: null, fetching: null, busyUntilMs: 0 };
  #timer: ReturnType<typeof setTimeout> | null = null;
  #watch: AbortController | null = null;
  #meeting: Promise<void> = Promise.resolve();
  #leaving = new AbortController();
  #meetings = 0;
  #relisten: ReturnType<typeof setTimeout> | null = null;
  // Called after every change of what is here. 'server': by what is being fetched, of which more comes.
  changed: (by?: ChangedBy) => void = () => {};
  // Half-terms to hold; empty: what the server finds usual.
  periods: () => readonly number[] = () => [];
  // Called with what a meeting did, and how many records were here before it.
  met: (report: MeetingReport) => Promise<void> = async () => {};

  constructor(around: Surroundings) {
    this.#around = around;
    this.#carrying = new Carrying(around.database, around.calls.accounts);
    this.#boot = BigInt(Math.floor(around.nowMs()));
  }

  // --- What is here. ---

  get row(): TabletRow | null {
    return this.#row;
  }
  get people(): readonly PersonRow[] {
    return this.#people;
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
    return this.#seen;
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
    await this.#readPeople();
    await this.#carrying.start();
    this.#started = true;
    this.changed();
  }

  // --- Joining, signing in. ---

  async enrol(code: string): Promise<Outcome> {
    const invitation = readInvitation(code);
    if (invitation === null) return refused('codeUnknown');
    return this.#online(async () => {
      const device = this.#row?.device ?? this.#around.random(16);
      const proofKeys = this.#row?.proofKeys ?? (await newProofKey());
      const reply = await enrol(this.#around.calls.accounts, { device, proofKeys }, invitation, '');
      const row: TabletRow = {
        id: 'tablet',
        device: Uint8Array.from(reply.device),
        deviceKey: this.#row?.deviceKey ?? (await newDeviceKey()),
        proofKeys,
        school: reply.school,
        schoolName: reply.schoolName,
        label: reply.deviceLabel,
        zone: reply.timeZone,
        serverPoint: Uint8Array.from(reply.serverSealingKey),
        leaseDays: reply.leaseDays,
      };
      await this.#around.database.tablet.put(row);
      this.#row = row;
      if (reply.person === undefined) return done;
      const { person, displayName, signInName, hasPassphrase } = reply.person;
      const id = hex(person);
      this.#tickets.set(id, { ticket: reply.ticket, hasPassphrase });
      await this.#addPerson(id, displayName, signInName);
      return this.#signIn({
        kind: 'ticket',
        ticket: reply.ticket,
        newPassphrase: hasPassphrase ? '' : this.#unknownPassphrase(),
      });
    }, codeRefusals);
  }

  async addPerson(code: string): Promise<Outcome> {
    const invitation = readInvitation(code);
    if (invitation === null) return refused('codeUnknown');
    const newPassphrase = this.#unknownPassphrase();
    return this.#online(
      () => this.#signIn({ kind: 'invitation', invitation, newPassphrase }),
      codeRefusals,
    );
  }

  async signIn(how: SignIn): Promise<Outcome> {
    if (how.kind === 'code') return this.addPerson(how.code);
    const person = this.#people.find(({ id }) => id === how.personId);
    if (person === undefined) return refused('passphraseWrong');
    const { signInName } = person;
    return this.#online(
      () => this.#signIn({ kind: 'passphrase', signInName, passphrase: how.passphrase }),
      passphraseRefusals,
    );
  }

  async #signIn(by: SignInBy): Promise<Outcome> {
    const row = this.#row;
    if (row === null) return refused('notAllowed');
    const reply = await signIn(this.#around.calls.accounts, row, row.school, by);
    if (reply.leaseDays !== row.leaseDays) await this.#changeTablet({ leaseDays: reply.leaseDays });
    const id = hex(reply.person);
    await this.#addPerson(id, reply.displayName, reply.signInName);
    // Whoever had no PIN left chooses another one, for a store beside the first.
    const wasLockedOut = this.#people.some(
      (person) => person.id === id && person.pinTries >= pinTries,
    );
    const tries = wasLockedOut ? choosesAnother : 0;
    await this.#changePerson(id, { pinTries: tries, waitUntilMs: 0, signInEnded: false });
    this.#sessions.set(id, {
      session: reply.session,
      token: reply.token,
      key: reply.key,
      expiresMs: Number(reply.expiresMs),
    });
    if (this.#desk?.me === id) await this.#takeSession();
    this.changed();
    return done;
  }

  // Nobody knows it: the next sign-in goes by an invitation, or by one that the person sets.
  #unknownPassphrase(): string {
    return hex(this.#around.random(24));
  }

  // --- PINs. ---

  async choosePin(personId: string, pin: string): Promise<Outcome> {
    const row = this.#row;
    const person = this.#people.find(({ id }) => id === personId);
    if (row === null || person === undefined || !isPin(pin)) return refused('pinWrong');
    if (isTooSimple(pin)) return refused('pinTooSimple');
    const session = this.#sessions.get(personId);
    if (session === undefined) return refused('notAllowed');
    const { key, wrapped } = await newDataKey(row.deviceKey, pin);
    const database = newDatabaseName();
    // The store of a forgotten PIN stays, with what it has for the server.
    const earlier = person.key === null ? person.earlier : [...person.earlier, person.database];
    await this.#changePerson(personId, {
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
    const person = this.#people.find(({ id }) => id === personId);
    if (row === null || person === undefined || person.key === null) return refused('pinWrong');
    if (person.pinTries >= pinTries) return refused('pinLocked');
    const now = this.#around.nowMs();
    if (person.waitUntilMs > now) return refused('pinWait');
    const tries = person.pinTries + 1;
    // Counted before it is looked at: a tablet that is switched off in between has used a try.
    await this.#changePerson(personId, { pinTries: tries, waitUntilMs: now + waitAfter(tries) });
    const key = await unwrapDataKey(row.deviceKey, pin, person.key);
    if (key === null) {
      this.changed();
      return refused(tries >= pinTries ? 'pinLocked' : 'pinWrong');
    }
    await this.#changePerson(personId, { pinTries: 0, waitUntilMs: 0 });
    if (this.#desk?.me === personId) {
      this.#isLocked = false;
      this.changed();
      return done;
    }
    return this.#open(personId, key);
  }

  async #open(personId: string, key: CryptoKey): Promise<Outcome> {
    await this.#leave();
    const row = this.#row;
    const person = this.#people.find(({ id }) => id === personId);
    if (row === null || person === undefined) return refused('notAllowed');
    this.#key = key;
    await this.#takeLock(person.database, false);
    await this.#openStore(person);
    this.#isLocked = false;
    await this.#changePerson(personId, { lastUsedMs: Math.floor(this.#around.nowMs()) });
    await this.#takeSession();
    this.lookAgain();
    this.changed();
    this.wantMeeting();
    return done;
  }

  // Reads the disk, after the lock was taken: what another tab wrote until then is in it.
  async #openStore(person: PersonRow): Promise<void> {
    if (this.#key === null) return;
    const sealTo = () => ({
      serverPoint: this.#row?.serverPoint ?? new Uint8Array(0),
      device: this.#row?.device ?? new Uint8Array(0),
    });
    const mode = this.mayWrite ? 'writes' : 'reads';
    const database = new PersonDatabase(person.database);
    this.#store = await PersonStore.open(this.#around.core, database, this.#key, sealTo, mode);
    this.#desk = new Desk(this.#store, person.id, this.#around.nowMs);
    this.#desk.lookAgain(this.#row?.leaseDays ?? 0);
    this.#store.onChange((by) => this.#written(by));
  }

  async #takeSession(): Promise<void> {
    const store = this.#store;
    const id = this.#desk?.me ?? '';
    const session = this.#sessions.get(id);
    if (store === null || session === undefined || !this.mayWrite) return;
    await store.changeOutbox(({ row }) => {
      row.person = unhex(id);
      row.session = session.session;
      row.token = session.token;
      row.key = session.key;
    });
    await store.setLocal({ expiresMs: session.expiresMs });
    this.#sessions.delete(id);
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
    const person = this.#people.find(({ id }) => id === this.#desk?.me);
    if (person === undefined || this.mayWrite) return done;
    await this.#takeLock(person.database, true);
    this.#store?.close();
    await this.#openStore(person);
    await this.#takeSession();
    this.changed();
    this.wantMeeting();
    return done;
  }

  // What is offered to a courier never changes again, so what is open becomes groups now.
  async #sealOpen(): Promise<void> {
    if (this.#store === null || !this.mayWrite || this.#store.outbox.row.replica === 0n) return;
    await this.#store.seal().catch(() => {});
    await this.#noteUnsent();
  }

  async #leave(): Promise<void> {
    this.#watch?.abort();
    this.#watch = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#sealOpen();
    // A meeting may stop anywhere; the next person does not wait for it.
    this.#leaving.abort();
    const moment = new Promise((resolve) => setTimeout(resolve, leaveMs));
    await Promise.race([this.#meeting.catch(() => {}), moment]);
    this.#leaving = new AbortController();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#relisten !== null) clearTimeout(this.#relisten);
    this.#relisten = null;
    this.#store?.close();
    this.#store = null;
    this.#desk = null;
    this.#key = null;
    this.#isLocked = false;
    this.#state = idle;
    this.#lock?.release();
    this.#lock = null;
  }

  async #takeLock(database: string, steal: boolean): Promise<void> {
    this.#lock = await tryLock(`halfterm/${database}`, steal, () => {
      this.#lock = null;
      this.#watch?.abort();
      this.changed();
    });
  }

  // --- Meeting the server. ---

  wantMeeting() {
    this.#step({ kind: 'wanted' });
  }

  // Resolves when the meeting that runs, or the one that this begins, is over.
  async meetNow(): Promise<Outcome> {
    const before = this.#meetings;
    this.wantMeeting();
    while (this.#state.kind === 'meeting') await this.#meeting;
    return this.#meetings > before ? done : { ok: false, problem: { kind: 'offline' } };
  }

  #step(event: SyncEvent) {
    const before = this.#state;
    this.#state = next(before, event);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#state.kind === 'waiting') {
      const inMs = Math.max(0, this.#state.retryAtMs - this.#around.nowMs());
      this.#timer = setTimeout(
        () => this.#step({ kind: 'due', nowMs: this.#around.nowMs() }),
        inMs,
      );
    }
    const begins =
      this.#state.kind === 'meeting' && (before.kind !== 'meeting' || event.kind === 'met');
    if (begins) this.#meeting = this.#meet();
  }

  async #meet(): Promise<void> {
    const store = this.#store;
    const row = this.#row;
    if (store === null || row === null || !this.mayWrite || store.outbox.row.token === '') {
      this.#state = idle;
      return;
    }
    const isFirst = store.base.row.seq === 0n;
    const { signal } = this.#leaving;
    try {
      await this.#renewInTime(store, row);
      const report = await meet(store, {
        calls: this.#around.calls.sync,
        device: row.device,
        app: this.#around.app,
        now: this.now,
        periods: this.periods(),
        signal,
        onProgress: ({ sent, of, records }) => {
          const sending = of > 0 && sent < of ? { k: sent, n: of } : null;
          const fetching = isFirst && records > 0 ? { done: records, of: records } : null;
          this.#see({ online: true, sending, fetching }, 'server');
        },
      });
      const { hello } = report;
      const seenMs = Number(hello.serverTimeMs);
      const before = this.#desk?.signed.grants ?? [];
      const after = hello.grants.map(storeGrant).map(readGrant);
      const ended = endedAtContact(before, after, seenMs);
      const told = (store.local<EndedRole[]>('ended') ?? []).filter(({ org }) =>
        ended.every((one) => one.org !== org),
      );
      await store.setLocal({
        ended: [...ended, ...told].slice(0, 8),
        // The server knows the time; what this tablet took for it counts no more.
        seenMs,
        signed: {
          grants: hello.grants.map(storeGrant),
          durableSeq: String(hello.durableSeq),
          lastContactMs: Number(hello.serverTimeMs),
        },
      });
      this.lookAgain();
      if (hello.timeZone !== '' && hello.timeZone !== row.zone)
        await this.#changeTablet({ zone: hello.timeZone });
      await this.#changePerson(hex(hello.person), {
        lastContactMs: Number(hello.serverTimeMs),
        signInEnded: false,
      });
      await this.met(report);
      await this.#carry(row).catch(() => {});
      this.#see({ online: true, sending: null, fetching: null, busyUntilMs: 0 });
      this.#meetings += 1;
      this.#step({ kind: 'met' });
      this.#listen(store);
    } catch (error) {
      if (signal.aborted) return;
      const trouble = troubleOf(error);
      const nowMs = this.#around.nowMs();
      const asked = pushbackMs(error);
      const failures = this.#state.kind === 'idle' ? 0 : this.#state.failures;
      if (trouble === 'signInEnded') {
        await this.#changePerson(hex(store.outbox.row.person), { signInEnded: true });
      }
      this.#see({
        online: trouble !== 'offline',
        sending: null,
        fetching: null,
        busyUntilMs: trouble === 'busy' ? nowMs + Math.max(asked, 1000) : 0,
      });
      const wait = waitMs(failures + 1, this.#around.jitter());
      this.#step({ kind: 'failed', nowMs, waitMs: wait, pushbackMs: asked });
    } finally {
      await this.#noteUnsent();
      this.changed();
    }
  }

  async #renewInTime(store: PersonStore, row: TabletRow): Promise<void> {
    const expires = store.local<number>('expiresMs') ?? 0;
    // By the server's clock: the tablet's may be days wrong.
    const nowMs = this.#around.nowMs() + Number(store.outbox.row.clockOffsetMs);
    if (expires === 0 || expires - nowMs > renewBeforeMs) return;
    const reply = await renew(this.#around.calls.accounts, row, store.outbox.row.token).catch(
      () => null,
    );
    if (reply === null) return;
    await store.changeOutbox((staged) => {
      staged.row.token = reply.token;
    });
    await store.setLocal({ expiresMs: Number(reply.expiresMs) });
  }

  // Notes the time, and shows what may be shown now: a role may have ended since, or the lease.
  lookAgain(): void {
    const desk = this.#desk;
    if (desk === null) return;
    if (this.mayWrite) void desk.store.setLocal({ seenMs: desk.latestMs() }).catch(() => {});
    if (desk.lookAgain(this.#row?.leaseDays ?? 0)) this.changed();
  }

  // Brings what colleagues and backup files left here, unread.
  async #carry(row: TabletRow): Promise<void> {
    for (const person of this.#people) {
      const own = person.id === this.#desk?.me ? [] : [person.database];
      const names = [...person.earlier, ...own].filter((name) => name !== '');
      let all = names.length > 0;
      for (const name of names) all = (await this.#carrying.carry(row, name)) && all;
      if (all && own.length > 0) await this.#changePerson(person.id, { unsent: 0, oldestMs: 0 });
    }
    await this.#carrying.carryFiles(row);
  }

  // Of backup files that were taken in here.
  get files(): readonly FileRow[] {
    return this.#carrying.files;
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

  // Waits for news; a meeting follows each.
  #listen(store: PersonStore) {
    if (this.#watch !== null) return;
    const watch = new AbortController();
    this.#watch = watch;
    const run = async () => {
      try {
        const headers = { authorization: `Bearer ${store.outbox.row.token}` };
        const options = { headers, signal: watch.signal, timeoutMs: 0 };
        const { cursor } = store.base.row;
        for await (const { what } of this.#around.calls.sync.watch({ cursor }, options)) {
          if (what.case === 'poke' && what.value.seq > store.base.row.seq) this.wantMeeting();
        }
      } catch {
        // The server went away, or this person left: the next meeting tells which.
      }
      if (this.#watch !== watch) return;
      this.#watch = null;
      if (watch.signal.aborted || this.#store !== store) return;
      // Not a failure of ours to send: the next meeting is by chance within some seconds, and listens.
      if (this.#relisten !== null) clearTimeout(this.#relisten);
      this.#relisten = setTimeout(
        () => {
          if (this.#store === store) this.wantMeeting();
        },
        waitMs(4, this.#around.jitter()),
      );
    };
    void run();
  }

  // --- Inside. ---

  #written(by: ChangedBy) {
    this.changed(by);
    if (this.#state.kind === 'idle' && (this.#store?.outbox.unsent ?? 0) > 0) {
      if (this.#timer !== null) return;
      // A moment, in which more gestures come that travel with the first.
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.wantMeeting();
      }, 2000);
    }
  }

  async #noteUnsent(): Promise<void> {
    const store = this.#store;
    if (store === null || this.#desk === null) return;
    const { unsent } = store.outbox;
    await this.#changePerson(this.#desk.me, { unsent, oldestMs: store.outbox.oldestUnsentMs() });
  }

  #see(seen: Partial<SyncSeen>, by: ChangedBy = 'person') {
    this.#seen = { ...this.#seen, ...seen };
    this.changed(by);
  }

  async #readPeople(): Promise<void> {
    const people = await this.#around.database.people.toArray();
    this.#people = people.sort((a, b) => b.lastUsedMs - a.lastUsedMs);
  }

  async #addPerson(id: string, name: string, signInName: string): Promise<void> {
    const known = this.#people.find((person) => person.id === id);
    if (known !== undefined) {
      await this.#changePerson(id, { name, signInName: signInName || known.signInName });
      return;
    }
    const person: PersonRow = {
      id,
      name,
      signInName,
      database: '',
      earlier: [],
      key: null,
      lastUsedMs: Math.floor(this.#around.nowMs()),
      pinTries: 0,
      waitUntilMs: 0,
      unsent: 0,
      oldestMs: 0,
      signInEnded: false,
      lastContactMs: 0,
    };
    await this.#around.database.people.put(person);
    await this.#readPeople();
  }

  async #changePerson(id: string, change: Partial<PersonRow>): Promise<void> {
    await this.#around.database.people.update(id, change);
    await this.#readPeople();
  }

  async #changeTablet(change: Partial<TabletRow>): Promise<void> {
    if (this.#row === null) return;
    this.#row = { ...this.#row, ...change };
    await this.#around.database.tablet.put(this.#row);
  }

  async #online(run: () => Promise<Outcome>, words: Refusals): Promise<Outcome> {
    try {
      return await run();
    } catch (error) {
      return { ok: false, problem: problemOfCall(error, words) };
    }
  }
}

type Refusals = Readonly<Partial<Record<number, Refusal>>>;
// By status code: NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, UNAUTHENTICATED.
const codeRefusals: Refusals = {
  5: 'codeUnknown',
  6: 'codeUsed',
  9: 'codeEnded',
  3: 'codeUnknown',
};
const passphraseRefusals: Refusals = { 16: 'passphraseWrong' };

function problemOfCall(error: unknown, words: Refusals): Problem {
  if (!(error instanceof ConnectError)) return { kind: 'disk' };
  const reason = words[error.code];
  if (reason !== undefined) return { kind: 'refused', reason };
  const trouble = troubleOf(error);
  if (trouble === 'offline') return { kind: 'offline' };
  return { kind: 'other', words: error.rawMessage };
}
