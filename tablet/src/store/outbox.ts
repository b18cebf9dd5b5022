// One person's outbox on this tablet: what was written here, until the server has it for good.
//
// It keeps the rules of the simulated tablets (tools/replay/outbox.h), in whose rows it is stored: a
// gesture is on disk before it shows; gestures on one facet that were never offered to the network
// collect in one open delta; sealed groups never change, are chained, and stay after they are
// acknowledged until the server says that they are in a backup. Staged changes show only after the
// commit that takes them to disk.
import { clone, create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  type TabletGroupRow,
  TabletGroupRowSchema,
  type TabletOpenRow,
  TabletOpenRowSchema,
  type TabletOutboxRow,
  TabletOutboxRowSchema,
} from '#disk/tablet_pb';
import { Disposition, type PushRequest } from '#proto/sync_pb';
import {
  type Core,
  clockRestarted,
  type Dot,
  type Move,
  noFacet,
  type Phase,
} from '../../core/core';
import { type Bytes, concat, copied, hex, unhex } from '../model/bytes';
import { groupCode, groupKey } from './keys';

// A reading of a tablet's two clocks.
export interface TabletMoment {
  // As wrong as the tablet's clock is.
  readonly wallMs: number;
  // Only runs forward, from each start of the app.
  readonly monoMs: number;
  // Which start that is.
  readonly boot: bigint;
}

// What a group says of what its writer had before it.
export interface WrittenOver {
  readonly baseEpoch: number;
  readonly baseSeq: bigint;
  readonly known: Phase;
}

export const noPhase: Phase = { withdrawn: false, round: 0, level: 0 };

// No sealed group comes to this number, and every rehoming maps it to one that is as far off.
export const openCount = 1n << 62n;
const intent = 2;

export interface SealedGroup {
  readonly place: number;
  readonly row: TabletGroupRow;
  readonly kind: number;
  // As the bytes name it.
  readonly dot: Dot;
  readonly facet: string;
  readonly wallMs: number;
  readonly body: Bytes;
}

// What is to be written, gathered until it is.
export interface Staged {
  readonly row: TabletOutboxRow;
  readonly groups: Map<number, TabletGroupRow | null>;
  readonly open: Map<string, TabletOpenRow | null>;
}

export class OutboxBroken extends Error {}

export class Outbox {
  readonly core: Core;
  #row: TabletOutboxRow = create(TabletOutboxRowSchema);
  #groups = new Map<number, SealedGroup>();
  #byFacet = new Map<string, Set<number>>();
  #open = new Map<string, TabletOpenRow>();
  #key: CryptoKey | null = null;
  // For this run of the app only.
  #sent = { throughPlace: 0, wallMs: 0 };

  constructor(core: Core) {
    this.core = core;
  }

  // --- Disk. ---

  async load(rows: ReadonlyMap<string, Bytes>): Promise<void> {
    for (const [name, bytes] of rows) {
      if (name === 'outbox') this.#row = fromBinary(TabletOutboxRowSchema, bytes);
      else if (name.startsWith('g/')) {
        this.#keep(Number(name.slice(2)), fromBinary(TabletGroupRowSchema, bytes));
      } else if (name.startsWith('o/')) {
        this.#open.set(name.slice(2), fromBinary(TabletOpenRowSchema, bytes));
      }
    }
    await this.#importKey();
  }

  // Rows of what is staged.
  static rows({ row, groups, open }: Staged): Map<string, Bytes | null> {
    const rows = new Map<string, Bytes | null>();
    rows.set('outbox', toBinary(TabletOutboxRowSchema, row));
    for (const [place, group] of groups) {
      rows.set(`g/${place}`, group === null ? null : toBinary(TabletGroupRowSchema, group));
    }
    for (const [facet, delta] of open) {
      rows.set(`o/${facet}`, delta === null ? null : toBinary(TabletOpenRowSchema, delta));
    }
    return rows;
  }

  get #firstUnsentPlace(): number {
    return Number(this.#row.placeOffset + this.#row.ackedN) + 1;
  }

  stage(): Staged {
    return { row: clone(TabletOutboxRowSchema, this.#row), groups: new Map(), open: new Map() };
  }

  // What was staged is on disk: it is so from now on.
  async committed({ row, groups, open }: Staged): Promise<void> {
    this.#row = row;
    for (const [place, group] of groups) {
      if (group === null) this.#forget(place);
      else this.#keep(place, group);
    }
    for (const [facet, delta] of open) {
      if (delta === null) this.#open.delete(facet);
      else this.#open.set(facet, delta);
    }
    await this.#importKey();
  }

  // --- What is here. ---

  get row(): TabletOutboxRow {
    return this.#row;
  }
  get unsent(): number {
    return Number(this.#row.sealedN - this.#row.ackedN) + this.#open.size;
  }
  get groups(): ReadonlyMap<number, SealedGroup> {
    return this.#groups;
  }
  get open(): ReadonlyMap<string, TabletOpenRow> {
    return this.#open;
  }
  get moves(): Move[] {
    return movesOf(this.#row);
  }
  // The name and number under which the server counts the group.
  countedAs({ dot }: SealedGroup): Dot {
    let { replica, n } = dot;
    for (const move of this.#row.rehomes) {
      if (move.oldReplica !== replica || n <= move.acked) continue;
      replica = move.newReplica;
      n -= move.acked;
    }
    return { replica, n };
  }
  // What the group wrote, as its author's own tablet shows it.
  own({ dot, body }: SealedGroup): Bytes {
    // Read by the moves since it was sealed (MovesOf in sync/core/rehome.h).
    const { moves } = this;
    const first = moves.findIndex(
      ({ oldReplica, acked }) => oldReplica === dot.replica && dot.n > acked,
    );
    return this.core.own(body, first < 0 ? [] : moves.slice(first), dot, this.#row.person);
  }
  openDot(replica = this.#row.replica): Dot {
    return { replica, n: openCount };
  }
  isUnsent(group: SealedGroup): boolean {
    return group.place >= this.#firstUnsentPlace;
  }
  // When the group went on its way to the server, which has not answered; 0: it has not been sent since
  // this app was started.
  sentMs(group: SealedGroup): number {
    return this.isUnsent(group) && group.place <= this.#sent.throughPlace ? this.#sent.wallMs : 0;
  }
  // The request goes out now. The facets on which its groups are.
  noteSending(request: PushRequest, wallMs: number): string[] {
    const firstPlace = Number(request.firstN + this.#row.placeOffset);
    const throughPlace = firstPlace + request.groups.length - 1;
    this.#sent = { throughPlace, wallMs };
    return [...this.#groups.values()]
      .filter(({ place }) => place >= firstPlace && place <= throughPlace)
      .map(({ facet }) => facet);
  }
  // The oldest change that the server does not have; 0: none.
  oldestUnsentMs(): number {
    let oldest = 0;
    const see = (ms: number) => {
      if (oldest === 0 || ms < oldest) oldest = ms;
    };
    for (const group of this.#groups.values()) if (this.isUnsent(group)) see(group.wallMs);
    for (const open of this.#open.values()) see(Number(open.wallMs));
    return oldest;
  }
  groupsOf(facet: string): SealedGroup[] {
    const found: SealedGroup[] = [];
    for (const place of this.#byFacet.get(facet) ?? []) {
      const group = this.#groups.get(place);
      if (group !== undefined) found.push(group);
    }
    return found.sort((a, b) => a.place - b.place);
  }
  // Facets of one record that this person wrote on.
  facetsOf(record: string): string[] {
    return [...this.facetsWritten()].filter((facet) => facet.startsWith(record));
  }
  // Facets that this person wrote on and that are not all in the server's copy of `baseSeq`.
  facetsWritten(): Set<string> {
    return new Set([...this.#byFacet.keys(), ...this.#open.keys()]);
  }

  // Joins the person's own writes on the facet into `into`: all but those that the server committed
  // at or before `baseSeq`, which are in its copy.
  joinOwn(facet: string, baseSeq: bigint, into: Bytes, open = this.#open.get(facet)): Bytes {
    let joined = into;
    const author = this.#row.person;
    for (const group of this.groupsOf(facet)) {
      const { result, unproven } = group.row;
      if (group.kind === intent) continue;
      const isThere = result?.disposition === Disposition.COMMITTED && result.seq <= baseSeq;
      if (isThere && !unproven) continue;
      joined = this.core.join(joined, this.own(group));
    }
    if (open === undefined) return joined;
    return this.core.join(joined, this.core.own(open.delta, [], this.openDot(), author));
  }

  // --- Writing. ---

  // Adds to what is open on the facet. `delta` is of openDot().
  stageOpen(staged: Staged, facet: string, delta: Bytes, over: WrittenOver, now: TabletMoment) {
    const held = staged.open.get(facet) ?? this.#open.get(facet);
    const row =
      held === undefined || held === null
        ? create(TabletOpenRowSchema)
        : clone(TabletOpenRowSchema, held);
    if (row.delta.length === 0) {
      staged.row.opened += 1n;
      row.order = staged.row.opened;
      row.baseEpoch = over.baseEpoch;
      row.baseSeq = over.baseSeq;
      row.known = { $typeName: 'halfterm.v1.Phase', ...over.known };
      row.delta = delta;
    } else {
      row.delta = this.core.squash(row.delta, delta, this.openDot());
    }
    row.wallMs = BigInt(now.wallMs);
    row.sinceHelloMs = this.#sinceHello(now);
    staged.open.set(facet, row);
  }

  // Makes groups of what is open, in the order of first writes.
  async stageSealing(staged: Staged): Promise<void> {
    const open = new Map<string, TabletOpenRow>(this.#open);
    for (const [facet, row] of staged.open) {
      if (row === null) open.delete(facet);
      else open.set(facet, row);
    }
    const inOrder = [...open].sort(([, a], [, b]) => (a.order < b.order ? -1 : 1));
    for (const [facet, row] of inOrder) {
      const to = { replica: staged.row.replica, n: staged.row.sealedN + 1n };
      const body = this.core.renumber(row.delta, [], this.openDot(), to);
      const known = row.known ?? noPhase;
      const over = { baseEpoch: row.baseEpoch, baseSeq: row.baseSeq, known };
      await this.#append(staged, 1, facet, body, over, row.wallMs, row.sinceHelloMs);
      staged.open.set(facet, null);
    }
  }

  // An intent, after everything that was written before it.
  async stageIntent(
    staged: Staged,
    facet: string,
    body: Bytes,
    over: WrittenOver,
    now: TabletMoment,
  ) {
    await this.stageSealing(staged);
    await this.#append(staged, 2, facet, body, over, BigInt(now.wallMs), this.#sinceHello(now));
  }

  // The same words in a group of their own: over nothing that the server could not know of.
  stageAnew(staged: Staged, { facet, wallMs }: SealedGroup, body: Bytes): Promise<void> {
    const over = { baseEpoch: 0, baseSeq: 0n, known: noPhase };
    return this.#append(staged, 1, facet, body, over, BigInt(wallMs), clockRestarted);
  }

  // --- Inside. ---

  async #importKey() {
    this.#key = this.#row.key.length === 0 ? null : await groupKey(copied(this.#row.key));
  }

  #keep(place: number, row: TabletGroupRow) {
    const known = this.#groups.get(place);
    if (known !== undefined) {
      this.#groups.set(place, { ...known, row });
      return;
    }
    const { kind, dot, facet, wallMs, body } = this.core.openGroup(row.group);
    const of = hex(facet);
    this.#groups.set(place, { place, row, kind, dot, facet: of, wallMs: Number(wallMs), body });
    const places = this.#byFacet.get(of) ?? new Set();
    this.#byFacet.set(of, places.add(place));
  }

  #forget(place: number) {
    const group = this.#groups.get(place);
    this.#groups.delete(place);
    if (group === undefined) return;
    const places = this.#byFacet.get(group.facet);
    places?.delete(place);
    if (places?.size === 0) this.#byFacet.delete(group.facet);
  }

  #sinceHello(now: TabletMoment): bigint {
    const { helloNo, helloBoot, helloMonoMs } = this.#row;
    if (helloNo === 0 || helloBoot !== now.boot) return clockRestarted;
    return BigInt(Math.max(0, now.monoMs - Number(helloMonoMs)));
  }

  async #append(
    staged: Staged,
    kind: 1 | 2,
    facet: string,
    body: Bytes,
    over: WrittenOver,
    wallMs: bigint,
    sinceHelloMs: bigint,
  ) {
    const { row } = staged;
    if (this.#key === null || row.replica === 0n) {
      throw new OutboxBroken('nobody has signed in on this store');
    }
    const n = row.sealedN + 1n;
    const signed = this.core.group(
      {
        kind,
        replica: row.replica,
        n,
        session: copied(row.session),
        baseEpoch: over.baseEpoch,
        baseSeq: over.baseSeq,
        known: over.known,
        facet: unhex(facet),
        wallMs,
        sinceHelloMs,
        helloNo: row.helloNo,
        offsetMs: row.clockOffsetMs,
      },
      body,
    );
    const group = concat(signed, await groupCode(this.#key, signed));
    const hash = this.core.chain(row.sealedHash, n, group);
    row.sealedN = n;
    row.sealedHash = hash;
    row.keptBytes += BigInt(group.length);
    const place = Number(n + row.placeOffset);
    if (row.firstKeptPlace === 0n) row.firstKeptPlace = BigInt(place);
    staged.groups.set(place, create(TabletGroupRowSchema, { group, hash }));
  }
}

function movesOf(row: TabletOutboxRow): Move[] {
  return row.rehomes.map(({ oldReplica, acked, newReplica }) => ({
    oldReplica,
    acked,
    newReplica,
  }));
}

export const nothingHeld = noFacet;
