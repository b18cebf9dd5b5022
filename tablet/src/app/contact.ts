// When this tablet meets the server for the person who is in, and what follows from each meeting.
//
// One meeting at a time. It may fail or be told to stop anywhere: what it did until then stands, and the
// next goes on from there.

import { hex } from '../model/bytes';
import type { PersonRow, TabletRow } from '../store/database';
import type { TabletMoment } from '../store/outbox';
import type { ChangedBy, PersonStore } from '../store/person-store';
import { renew } from '../transport/accounts';
import { type Calls, pushbackMs, troubleOf, waitMs } from '../transport/calls';
import { type MeetingReport, meet } from '../transport/meeting';
import type { RefillProgress } from '../transport/recovery';
import type { Carrying } from './carrying';
import type { Outcome } from './contract';
import { type Desk, readGrant, storeGrant } from './desk';
import type { PeopleHere } from './people-here';
import { type EndedRole, endedAtContact } from './sight';
import { idle, next, type SyncEvent, type SyncState } from './syncing';
import { done } from './writing';

export interface SyncSeen {
  readonly online: boolean;
  readonly sending: { readonly k: number; readonly n: number } | null;
  readonly fetching: { readonly done: number; readonly of: number } | null;
  readonly busyUntilMs: number;
  // A restored server is given back what this tablet holds; null: none is.
  readonly refilling: RefillProgress | null;
}

const nothing = { sending: null, fetching: null, refilling: null, busyUntilMs: 0 } as const;

// What a meeting needs of the tablet.
export interface MeetsFor {
  readonly calls: Calls;
  readonly app: string;
  readonly nowMs: () => number;
  // From 0 to 1.
  readonly jitter: () => number;
  readonly now: () => TabletMoment;
  readonly people: PeopleHere;
  readonly carrying: Carrying;
  readonly row: () => TabletRow | null;
  readonly changeTablet: (change: Partial<TabletRow>) => Promise<void>;
  // Who is in and may write in this tab; null: nobody.
  readonly writer: () => { readonly store: PersonStore; readonly desk: Desk } | null;
  // Half-terms to hold; empty: what the server finds usual.
  readonly periods: () => readonly number[];
  // Called before anything is exchanged, while all is as this person last saw it.
  readonly meets: () => Promise<void>;
  readonly met: (report: MeetingReport) => Promise<void>;
  // What may be shown has changed.
  readonly lookAgain: () => void;
  readonly changed: (by?: ChangedBy) => void;
}

// So long before a session ends it is renewed.
const renewBeforeMs = 24 * 3_600_000;
// How long leaving waits for a meeting that was told to stop; what it still does then is refused.
const leaveMs = 1000;
// In which more gestures come that travel with the first.
const gatherMs = 2000;

export class Contact {
  readonly #for: MeetsFor;
  #state: SyncState = idle;
  #seen: SyncSeen = { online: true, ...nothing };
  #timer: ReturnType<typeof setTimeout> | null = null;
  #relisten: ReturnType<typeof setTimeout> | null = null;
  #watch: AbortController | null = null;
  #meeting: Promise<void> = Promise.resolve();
  #leaving = new AbortController();
  #meetings = 0;

  constructor(meetsFor: MeetsFor) {
    this.#for = meetsFor;
  }

  get seen(): SyncSeen {
    return this.#seen;
  }

  want() {
    this.#step({ kind: 'wanted' });
  }

  // Resolves when the meeting that runs, or the one that this begins, is over.
  async meetNow(): Promise<Outcome> {
    const before = this.#meetings;
    this.want();
    while (this.#state.kind === 'meeting') await this.#meeting;
    return this.#meetings > before ? done : { ok: false, problem: { kind: 'offline' } };
  }

  // Something was written: it goes up in a moment.
  written() {
    if (this.#state.kind !== 'idle' || this.#timer !== null) return;
    if ((this.#for.writer()?.store.outbox.unsent ?? 0) === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.want();
    }, gatherMs);
  }

  // Another tab writes from here on.
  stopListening() {
    this.#watch?.abort();
  }

  // Resolves when nothing of this contact touches the person's store any more. `first`: what is still to
  // be done with the store before the meeting that runs is told to stop.
  async leave(first: () => Promise<void>): Promise<void> {
    this.#watch?.abort();
    this.#watch = null;
    this.#stopTimer();
    await first();
    // A meeting may stop anywhere; the next person does not wait for it.
    this.#leaving.abort();
    const moment = new Promise((resolve) => setTimeout(resolve, leaveMs));
    await Promise.race([this.#meeting.catch(() => {}), moment]);
    this.#leaving = new AbortController();
    this.#stopTimer();
    if (this.#relisten !== null) clearTimeout(this.#relisten);
    this.#relisten = null;
    this.#state = idle;
  }

  // --- Inside. ---

  #stopTimer() {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #step(event: SyncEvent) {
    const before = this.#state;
    this.#state = next(before, event);
    this.#stopTimer();
    if (this.#state.kind === 'waiting') {
      const inMs = Math.max(0, this.#state.retryAtMs - this.#for.nowMs());
      this.#timer = setTimeout(() => this.#step({ kind: 'due', nowMs: this.#for.nowMs() }), inMs);
    }
    const begins =
      this.#state.kind === 'meeting' && (before.kind !== 'meeting' || event.kind === 'met');
    if (begins) this.#meeting = this.#meet();
  }

  async #meet(): Promise<void> {
    const row = this.#for.row();
    const writer = this.#for.writer();
    if (writer === null || row === null || writer.store.outbox.row.token === '') {
      this.#state = idle;
      return;
    }
    const { store, desk } = writer;
    const { signal } = this.#leaving;
    try {
      await this.#renewInTime(store, row);
      await this.#for.meets();
      const report = await this.#exchange(store, row, signal);
      await this.#takeWord(store, desk, row, report);
      await this.#for.met(report);
      await this.#carry(row, desk.me).catch(() => {});
      this.#see({ online: true, ...nothing });
      this.#meetings += 1;
      this.#step({ kind: 'met' });
      this.#listen(store);
    } catch (error) {
      if (signal.aborted) return;
      await this.#failed(error, store);
    } finally {
      await this.noteUnsent();
      this.#for.changed();
    }
  }

  #exchange(store: PersonStore, row: TabletRow, signal: AbortSignal): Promise<MeetingReport> {
    const isFirst = store.base.row.seq === 0n;
    return meet(store, {
      calls: this.#for.calls.sync,
      recovery: this.#for.calls.recovery,
      device: row.device,
      app: this.#for.app,
      now: this.#for.now,
      periods: this.#for.periods(),
      signal,
      onProgress: ({ sent, of, records }) => {
        const sending = of > 0 && sent < of ? { k: sent, n: of } : null;
        const fetching = isFirst && records > 0 ? { done: records, of: records } : null;
        this.#see({ online: true, sending, fetching, refilling: null }, 'server');
      },
      onRefill: (refilling) => this.#see({ online: true, refilling }, 'server'),
    });
  }

  // What the server said of the person's roles, the time and the school.
  async #takeWord(store: PersonStore, desk: Desk, row: TabletRow, { hello }: MeetingReport) {
    const seenMs = Number(hello.serverTimeMs);
    const after = hello.grants.map(storeGrant).map(readGrant);
    const ended = endedAtContact(desk.signed.grants, after, seenMs);
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
        lastContactMs: seenMs,
      },
    });
    this.#for.lookAgain();
    if (hello.timeZone !== '' && hello.timeZone !== row.zone)
      await this.#for.changeTablet({ zone: hello.timeZone });
    await this.#for.people.change(hex(hello.person), {
      lastContactMs: seenMs,
      signInEnded: false,
    });
  }

  async #failed(error: unknown, store: PersonStore): Promise<void> {
    const trouble = troubleOf(error);
    const nowMs = this.#for.nowMs();
    const asked = pushbackMs(error);
    const failures = this.#state.kind === 'idle' ? 0 : this.#state.failures;
    if (trouble === 'signInEnded') {
      await this.#for.people.change(hex(store.outbox.row.person), { signInEnded: true });
    }
    this.#see({
      ...nothing,
      online: trouble !== 'offline',
      busyUntilMs: trouble === 'busy' ? nowMs + Math.max(asked, 1000) : 0,
    });
    const wait = waitMs(failures + 1, this.#for.jitter());
    this.#step({ kind: 'failed', nowMs, waitMs: wait, pushbackMs: asked });
  }

  async #renewInTime(store: PersonStore, row: TabletRow): Promise<void> {
    const expires = store.local<number>('expiresMs') ?? 0;
    // By the server's clock: the tablet's may be days wrong.
    const nowMs = this.#for.nowMs() + Number(store.outbox.row.clockOffsetMs);
    if (expires === 0 || expires - nowMs > renewBeforeMs) return;
    const { accounts } = this.#for.calls;
    const reply = await renew(accounts, row, store.outbox.row.token).catch(() => null);
    if (reply === null) return;
    await store.changeOutbox((staged) => {
      staged.row.token = reply.token;
    });
    await store.setLocal({ expiresMs: Number(reply.expiresMs) });
  }

  // Brings what colleagues and backup files left here, unread.
  async #carry(row: TabletRow, me: string): Promise<void> {
    const { carrying, people } = this.#for;
    for (const person of people.all) {
      const own = person.id === me ? [] : [person.database];
      const names = [...person.earlier, ...own].filter((name) => name !== '');
      let all = names.length > 0;
      for (const name of names) all = (await carrying.carry(row, name)) && all;
      if (all && own.length > 0) await this.#noteWaiting(person, 0, 0);
    }
    await carrying.carryFiles(row);
  }

  // Waits for news; a meeting follows each.
  #listen(store: PersonStore) {
    if (this.#watch !== null) return;
    const watch = new AbortController();
    this.#watch = watch;
    const isHere = () => this.#for.writer()?.store === store;
    const run = async () => {
      try {
        const headers = { authorization: `Bearer ${store.outbox.row.token}` };
        const options = { headers, signal: watch.signal, timeoutMs: 0 };
        const { cursor } = store.base.row;
        for await (const { what } of this.#for.calls.sync.watch({ cursor }, options)) {
          if (what.case === 'poke' && what.value.seq > store.base.row.seq) this.want();
        }
      } catch {
        // The server went away, or this person left: the next meeting tells which.
      }
      if (this.#watch !== watch) return;
      this.#watch = null;
      if (watch.signal.aborted || !isHere()) return;
      // Not a failure of ours to send: the next meeting is by chance within some seconds, and listens.
      if (this.#relisten !== null) clearTimeout(this.#relisten);
      this.#relisten = setTimeout(
        () => {
          if (isHere()) this.want();
        },
        waitMs(4, this.#for.jitter()),
      );
    };
    void run();
  }

  // What the people of this tablet are told of work that waits.
  async noteUnsent(): Promise<void> {
    const writer = this.#for.writer();
    const person = this.#for.people.find(writer?.desk.me);
    if (writer === null || person === undefined) return;
    const { outbox } = writer.store;
    await this.#noteWaiting(person, outbox.unsent, outbox.oldestUnsentMs());
  }

  async #noteWaiting(person: PersonRow, unsent: number, oldestMs: number): Promise<void> {
    if (person.unsent === unsent && person.oldestMs === oldestMs) return;
    await this.#for.people.change(person.id, { unsent, oldestMs });
  }

  #see(seen: Partial<SyncSeen>, by: ChangedBy = 'person') {
    this.#seen = { ...this.#seen, ...seen };
    this.#for.changed(by);
  }
}
