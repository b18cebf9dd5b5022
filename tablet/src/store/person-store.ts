// One person's store on this tablet, open: what they wrote, what the server handed out, and what they
// see, which is both joined.
//
// Everything is in memory and on disk, encrypted; a change is on disk before it is in memory, and so
// before it shows. Changes come one after the other, whoever asks for them.
import type { DescMessage } from '@bufbuild/protobuf';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { TabletFacetRow, TabletOpenRow } from '#disk/tablet_pb';
import { type Intent, IntentSchema, type PushRequest } from '#proto/sync_pb';
import { type Change, type Core, noFacet, type Phase } from '../../core/core';
import {
  type Bytes,
  classOfLetters,
  concat,
  facetId,
  hex,
  textOf,
  unhex,
  utf8,
} from '../model/bytes';
import { readView, type View } from '../model/view';
import { Base, type StagedBase } from './base';
import { fetchRows, type PersonDatabase, Rows } from './database';
import { noPhase, Outbox, type Staged, type TabletMoment, type WrittenOver } from './outbox';
import { forCourier } from './outbox-courier';
import { PerRecord } from './per-record';
import { stageSealingAgain, waitsForSealing } from './sealing-again';

// A gesture on one facet.
export interface FacetChange {
  readonly facet: Bytes;
  readonly changes: readonly Change[];
}

// A gesture that is too large to be sent; nothing of it was kept.
export class TooLarge extends Error {}

// The person at this tablet, or what the server handed out.
export type ChangedBy = 'person' | 'server';

const planClass = 1;
const personScope = 2;
const bodyClass = 10;
const maxBodyBytes = 64 * 1024 - 143;

export interface SealTo {
  // Empty: outboxes are not sealed.
  readonly serverPoint: Bytes;
  readonly device: Bytes;
}

export class PersonStore {
  readonly core: Core;
  readonly outbox: Outbox;
  readonly base: Base;
  readonly #rows: Rows;
  readonly #sealTo: () => SealTo;
  readonly #local = new Map<string, unknown>();
  readonly #shown = new PerRecord<Bytes>();
  readonly #views = new PerRecord<View<DescMessage>>();
  #last: Promise<unknown> = Promise.resolve();
  #changed: (by: ChangedBy) => void = () => {};
  #shows: (facet: string, row: TabletFacetRow) => boolean = () => true;
  // Counts what changed, for whoever keeps something that was made of it.
  version = 0;
  // The same for the school's reference records: its people, rubrics, calendar.
  directoryVersion = 0;
  readonly #recordVersions = new Map<string, number>();
  readonly #facets = new Map<
    string,
    { readonly version: number; readonly facets: readonly string[] }
  >();

  private constructor(core: Core, rows: Rows, sealTo: () => SealTo) {
    this.core = core;
    this.#rows = rows;
    this.#sealTo = sealTo;
    this.outbox = new Outbox(core);
    this.base = new Base(core);
  }

  // To write, the caller holds the browser's lock on the store; without it this store only reads.
  static async open(
    core: Core,
    database: PersonDatabase,
    key: CryptoKey,
    sealTo: () => SealTo,
    fetching = fetchRows(database, 'writes'),
  ): Promise<PersonStore> {
    const fetched = await fetching;
    const rows = new Rows(database, key, fetched.writer);
    const store = new PersonStore(core, rows, sealTo);
    const found = await rows.open(fetched.rows);
    await store.outbox.load(found);
    store.base.load(found);
    for (const [name, bytes] of found) {
      if (name.startsWith('l/')) store.#local.set(name.slice(2), JSON.parse(textOf(bytes)));
    }
    return store;
  }

  // Shows of the server's copy only what `shows` lets through; everything stays on disk, and is what the
  // person's own writes go on from.
  show(shows: (facet: string, row: TabletFacetRow) => boolean) {
    this.#shows = shows;
    this.#forgetAll();
    this.#facets.clear();
    this.version += 1;
    this.directoryVersion += 1;
  }

  onChange(changed: (by: ChangedBy) => void) {
    this.#changed = changed;
  }

  close() {
    this.#changed = () => {};
    this.#rows.close();
  }

  // --- Reading. ---

  // What the person sees of a facet, as bytes.
  shown(facet: string): Bytes {
    let shown = this.#shown.get(facet);
    if (shown === undefined) {
      shown = this.#joined(facet, this.#held(facet));
      this.#shown.set(facet, shown);
    }
    return shown;
  }

  // The same as a message. `message` is the one of the facet's class.
  view<Desc extends DescMessage>(message: Desc, facet: string): View<Desc> {
    let view = this.#views.get(facet);
    if (view === undefined) {
      view = readView(this.core, message, this.shown(facet));
      this.#views.set(facet, view);
    }
    return view as View<Desc>;
  }

  // Facets of a record that the person holds or has written on, as letters, ascending.
  facetsOf(record: string): readonly string[] {
    const version = this.recordVersion(record);
    const kept = this.#facets.get(record);
    if (kept?.version === version) return kept.facets;
    const written = this.outbox.facetsOf(record);
    const facets = [...new Set([...this.#heldOf(record), ...written])].sort();
    this.#facets.set(record, { version, facets });
    return facets;
  }

  allRecords(): Set<string> {
    const records = new Set(this.base.records.keys());
    for (const facet of this.outbox.facetsWritten()) records.add(facet.slice(0, 32));
    return records;
  }

  // Records that were handed out to this very person, and those that they have written on; the others
  // are here by a post. Found without reading any.
  ownRecords(person: string): Set<string> {
    const records = this.base.recordsHeldBy(concat(Uint8Array.of(personScope), unhex(person)));
    for (const facet of this.outbox.facetsWritten()) records.add(facet.slice(0, 32));
    return records;
  }

  knownPhase(record: string): Phase {
    const plan = this.base.facet(hex(facetId(unhex(record), planClass)));
    if (plan === undefined) return noPhase;
    return this.core.readCells(plan.facet).find((cell) => cell.phase !== null)?.phase ?? noPhase;
  }

  // Another number after each change of the record.
  recordVersion(record: string): number {
    return this.#recordVersions.get(record) ?? 0;
  }

  // What belongs to this tablet alone, as JSON values.
  local<T>(name: string): T | undefined {
    return this.#local.get(name) as T | undefined;
  }

  localNames(prefix: string): string[] {
    return [...this.#local.keys()].filter((name) => name.startsWith(prefix));
  }

  // --- Writing. Each resolves when it is on disk; before that nothing shows. ---

  // Gestures that belong together, as one atomic change; and what this tablet notes beside them.
  write(
    changes: readonly FacetChange[],
    now: TabletMoment,
    local: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    return this.#queued(async () => {
      const staged = this.outbox.stage();
      for (const { facet, changes: list } of changes) {
        if (list.length === 0) continue;
        const id = hex(facet);
        const open = staged.open.get(id) ?? this.outbox.open.get(id);
        const held = this.base.facet(id);
        // Also over what is not shown today: a write replaces what its tablet holds, and no less.
        const isWhole = !staged.open.has(id) && held === this.#held(id);
        const shown = isWhole ? this.shown(id) : this.#joined(id, held, open ?? undefined);
        const delta = this.core.write(shown, this.outbox.openDot(), list);
        this.outbox.stageOpen(staged, id, delta, this.#over(id), now);
        if ((staged.open.get(id)?.delta.length ?? 0) > maxBodyBytes) throw new TooLarge();
      }
      await this.#commit(staged, null, local);
    });
  }

  intend(
    facet: Bytes,
    intent: Intent,
    now: TabletMoment,
    local: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    return this.#queued(async () => {
      const staged = this.outbox.stage();
      const body = toBinary(IntentSchema, intent);
      await this.outbox.stageIntent(staged, hex(facet), body, this.#over(hex(facet)), now);
      await this.#commit(staged, null, local);
    });
  }

  // Takes the last gesture on a facet back as if it had not been: only while it was not offered to the
  // network. `before` is what openOn() gave before it. False: it is too late.
  takeBack(facet: string, before: TabletOpenRow | null, after: TabletOpenRow): Promise<boolean> {
    return this.#queued(async () => {
      if (this.outbox.open.get(facet) !== after) return false;
      const staged = this.outbox.stage();
      staged.open.set(facet, before);
      await this.#commit(staged, null, {});
      return true;
    });
  }

  // Makes groups of what is open: what is offered from here on never changes again.
  seal(): Promise<void> {
    return this.#queued(async () => {
      if (this.outbox.open.size === 0) return;
      const staged = this.outbox.stage();
      await this.outbox.stageSealing(staged);
      await this.#commit(staged, null, {});
    });
  }

  setLocal(local: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#queued(() => this.#commit(null, null, local));
  }

  // For whoever meets the server: changes the outbox.
  changeOutbox(change: (staged: Staged) => void): Promise<void> {
    return this.#queued(async () => {
      const staged = this.outbox.stage();
      change(staged);
      await this.#commit(staged, null, {});
    });
  }

  // After a complete pull: what a restored server could not take back is sealed again. Says how many
  // groups that were.
  sealAgain(): Promise<number> {
    return this.#queued(async () => {
      if (waitsForSealing(this.outbox).length === 0) return 0;
      const staged = this.outbox.stage();
      const sealed = await stageSealingAgain(this.core, this.outbox, this.base, staged);
      await this.#commit(staged, null, {});
      return sealed;
    });
  }

  // What waits is on its way: shown, and not written down.
  sending(request: PushRequest, wallMs: number) {
    for (const facet of this.outbox.noteSending(request, wallMs)) this.#touch(facet.slice(0, 32));
    this.version += 1;
    this.#changed('person');
  }

  changeBase(change: (staged: StagedBase) => void): Promise<void> {
    return this.#queued(async () => {
      const staged = this.base.stage();
      change(staged);
      await this.#commit(null, staged, {});
    });
  }

  // --- Inside. ---

  // The server's copy, where it shows.
  #held(facet: string): TabletFacetRow | undefined {
    const held = this.base.facet(facet);
    return held !== undefined && this.#shows(facet, held) ? held : undefined;
  }

  *#heldOf(record: string): Generator<string> {
    for (const [facet, row] of this.base.records.get(record) ?? []) {
      if (this.#shows(facet, row)) yield facet;
    }
  }

  #joined(facet: string, held: TabletFacetRow | undefined, open?: TabletOpenRow): Bytes {
    const base = held === undefined ? noFacet : Uint8Array.from(held.facet);
    return this.outbox.joinOwn(facet, held?.seq ?? 0n, base, open);
  }

  #over(facet: string): WrittenOver {
    const { epoch, seq } = this.base.row;
    return { baseEpoch: epoch, baseSeq: seq, known: this.knownPhase(facet.slice(0, 32)) };
  }

  async #commit(
    outbox: Staged | null,
    base: StagedBase | null,
    local: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const rows = new Map<string, Bytes | null>();
    if (outbox !== null) for (const [name, row] of Outbox.rows(outbox)) rows.set(name, row);
    if (base !== null) for (const [name, row] of Base.rows(base)) rows.set(name, row);
    for (const [name, value] of Object.entries(local)) {
      rows.set(`l/${name}`, value === undefined ? null : utf8(JSON.stringify(value)));
    }
    const { serverPoint, device } = this.#sealTo();
    const courier =
      outbox === null ? null : await forCourier(outbox, this.outbox, serverPoint, device);
    await this.#rows.commit(courier === null ? { rows } : { rows, ...courier });

    if (outbox !== null) await this.outbox.committed(outbox);
    if (base !== null) {
      if (this.#isReference(base)) this.directoryVersion += 1;
      this.base.committed(base);
    }
    for (const [name, value] of Object.entries(local)) {
      if (value === undefined) this.#local.delete(name);
      else this.#local.set(name, value);
    }
    this.#forget(outbox, base);
    this.version += 1;
    this.#changed(base === null ? 'person' : 'server');
  }

  // Whether it brings, changes or takes away a reference record.
  #isReference(staged: StagedBase): boolean {
    const first = (facets: Iterable<string> | undefined) => {
      for (const facet of facets ?? []) return classOfLetters(facet) === bodyClass;
      return false;
    };
    for (const [record, facets] of staged.records) {
      if (first(facets?.keys()) || first(this.base.records.get(record)?.keys())) return true;
    }
    return false;
  }

  // What was made of something that changed is made again when it is next asked for.
  #forget(outbox: Staged | null, base: StagedBase | null) {
    const facets = new Set<string>(outbox?.open.keys());
    for (const [place, row] of outbox?.groups ?? []) {
      const group = this.outbox.groups.get(place);
      if (group !== undefined) facets.add(group.facet);
      if (row === null) return this.#forgetAll();
    }
    if (base !== null) for (const record of base.records.keys()) this.#forgetRecord(record);
    for (const facet of facets) {
      this.#shown.forget(facet);
      this.#views.forget(facet);
      this.#touch(facet.slice(0, 32));
    }
  }

  #touch(record: string) {
    this.#recordVersions.set(record, this.recordVersion(record) + 1);
  }

  #forgetRecord(record: string) {
    this.#touch(record);
    this.#shown.forgetRecord(record);
    this.#views.forgetRecord(record);
  }

  #forgetAll() {
    for (const record of this.allRecords()) this.#touch(record);
    this.#shown.clear();
    this.#views.clear();
  }

  #queued<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work, work);
    this.#last = done.catch(() => {});
    return done;
  }
}

export const intentOf = (body: Bytes): Intent => fromBinary(IntentSchema, body);
